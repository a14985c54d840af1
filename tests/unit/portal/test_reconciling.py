"""Two texts of one draft, put together."""

from hypothesis import given
from hypothesis import strategies as st

from services.portal.language import languages
from services.portal.reconciling import BOTH, MINE, THEIRS, choices, marks, together, untouched
from services.portal.typed import Typed, meaning
from shared.client.models.pledges import Content, Target
from shared.speaking import ENGLISH

EN = languages()[ENGLISH]
TARGETS = [Target(what="Posts"), Target(what="Posts", unit="m"), Target(what="Desks")]
BEFORE = Content(title="A", description="One", objectives=["objective-1"], targets=TARGETS[:1], partners=["X"])


def test_what_was_not_touched_is_known_from_the_marks() -> None:
    before = marks(Typed.of(BEFORE))
    now = Typed.of(BEFORE.model_copy(update={"title": "B", "partners": [], "targets": [Target(what="Desks")]}))
    assert {"title", "partners", "targets"}.isdisjoint(untouched(now, before))
    assert {"description", "objectives", "matches", "period"} <= untouched(now, before)
    assert untouched(now, "") == set()
    assert untouched(now, "nonsense;=;title") >= {"matches", "period"}


def test_who_changed_a_field_goes_first_and_two_texts_are_both_kept() -> None:
    differing = ["title", "description", "period"]
    assert choices(differing, {"title"}) == {"title": THEIRS, "description": BOTH, "period": MINE}


texts = st.builds(
    Content,
    title=st.sampled_from(["A", "B"]),
    description=st.sampled_from(["One", "Two\n\nThree"]),
    objectives=st.lists(st.sampled_from(["objective-1", "objective-2"]), unique=True),
    targets=st.lists(
        st.builds(Target, what=st.sampled_from(["Posts", "Desks"]), unit=st.sampled_from([None, "m"])), max_size=3
    ),
    partners=st.lists(st.sampled_from(["X", "Y"]), max_size=2),
)


@given(texts, texts)
def test_each_field_is_of_the_one_that_was_chosen(mine: Content, theirs: Content) -> None:
    fields = {"title", "objectives", "targets"}
    done = meaning(together(Typed.of(mine), Typed.of(theirs), dict.fromkeys(fields, THEIRS)), mine, EN).content
    expected = mine.model_copy(update={name: getattr(theirs, name) for name in fields})
    assert (done.title, sorted(done.objectives), done.targets) == (
        expected.title, sorted(expected.objectives), expected.targets,
    )  # fmt: skip
    assert (done.description, done.partners) == (mine.description, mine.partners)
    both = together(Typed.of(mine), Typed.of(theirs), {"description": BOTH})
    assert both.one("description") == f"{theirs.description}\n\n{mine.description}"
    assert meaning(together(Typed.of(mine), Typed.of(theirs), {"title": MINE}), mine, EN).content == mine
