"""The form of a pledge: nothing that was typed or saved is lost on the way."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.portal.differences import differences
from services.portal.language import languages
from services.portal.phrases import Words
from services.portal.typed import MOST_ROWS, Meaning, Typed, meaning
from shared.client.models.pledges import Content, Period, Target
from shared.reference import catalogue
from shared.speaking import ENGLISH

EN = languages()[ENGLISH]
EMPTY = Content(title="")

many_fields = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

letters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
line = st.text(letters, min_size=1, max_size=30).map(str.strip).filter(bool)
text = st.text(st.one_of(letters, st.just("\n")), max_size=80)
number = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
day = st.none() | st.sampled_from(["2026", "2026-06", "2026-06-30", "1999-12"])


def some(codes: object) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(codes)), unique=True, max_size=4)  # type: ignore[call-overload] # a mapping


target = st.builds(
    Target,
    what=line,
    unit=st.none() | line,
    baseline=number,
    comparator=st.sampled_from([None, "at_least", "exactly", "at_most", "about"]),
    value=number,
    value_text=st.none() | line,
    by=day,
    disaggregated_by=some(catalogue.DISAGGREGATION),
)


@st.composite
def contents(draw: Callable[[st.SearchStrategy[object]], object]) -> Content:
    objectives = draw(some(catalogue.OBJECTIVES))
    assert isinstance(objectives, list)
    given_main = draw(st.lists(st.sampled_from(objectives), unique=True)) if objectives else []
    rest = st.builds(
        Content,
        title=line,
        kind=st.sampled_from(list(catalogue.PLEDGE_KINDS)),
        matches=st.none() | st.uuids(),
        description=text,
        language=st.sampled_from(["en", "ar", "pt", "sr-Latn"]),
        objectives=st.just(objectives),
        main_objectives=st.just(given_main),
        principles=some(catalogue.PRINCIPLES),
        forms=some(catalogue.FORMS),
        targets=st.lists(target, max_size=4),
        period=st.builds(Period, start=day, end=day),
        review_cycle=st.none() | st.sampled_from(list(catalogue.CYCLES)),
        partners=st.lists(line, max_size=3),
    )
    found = draw(rest)
    assert isinstance(found, Content)
    return found


def read(typed: Typed, before: Content = EMPTY) -> Meaning:
    return meaning(typed, before, EN)


@many_fields
@given(contents())
def test_what_is_saved_comes_back_from_its_form_as_it_was(content: Content) -> None:
    back = read(Typed.of(content), content)
    assert not back.faults
    assert back.content == content
    assert back.rows == tuple(range(len(content.targets)))


@many_fields
@given(contents())
def test_fields_travel_as_browsers_send_them(content: Content) -> None:
    sent = [(name, value.replace("\n", "\r\n")) for name, value in Typed.of(content).items()]
    assert read(Typed(sent), content).content == content


@given(
    st.lists(st.tuples(st.text(max_size=20) | st.sampled_from(["title", "targets.9.by", "targets.x.what"]), st.text()))
)
def test_whatever_is_typed_stays_in_its_field(fields: list[tuple[str, str]]) -> None:
    typed = Typed(fields)
    assert sorted(value for _, value in typed.items()) == sorted(value.replace("\r\n", "\n") for _, value in fields)
    assert Typed(typed.items()).items() == typed.items()
    read(typed)


def test_what_is_wrong_is_named_at_its_field_and_kept() -> None:
    typed = Typed([("title", " "), ("targets.3.value", "many"), ("targets.3.by", "soon"), ("period.end", "later")])
    found = read(typed)
    assert set(found.faults) == {"title", "targets.0.what", "targets.0.value", "targets.0.by", "period.end"}
    assert [typed.one(name) for name in ("targets.0.value", "period.end")] == ["many", "later"]


def test_rows_come_and_go_and_the_others_stay() -> None:
    typed = Typed([("targets.0.what", "a"), ("targets.1.what", "b"), ("targets.1.by", "2026")])
    more = typed.with_row()
    assert len(more.rows) == 3
    assert [found.what for found in read(more).content.targets] == ["a", "b"]  # an empty row is none
    less = more.without_row("0")
    assert [(found.what, found.by) for found in read(less).content.targets] == [("b", "2026")]
    full = Typed((f"targets.{row}.what", "x") for row in range(MOST_ROWS))
    assert len(full.with_row().rows) == MOST_ROWS


def test_problems_are_shown_at_the_row_that_was_meant() -> None:
    found = read(Typed([("targets.0.what", ""), ("targets.1.what", "b")]))
    assert found.rows == (1,)
    assert found.place("targets.0.by") == "targets.1.by"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("title", "title"),
        ("period", "period.end"),
        ("period.start", "period.start"),
        ("objectives.3", "objectives"),
        ("matches", "matched"),
        ("partners.0", "partners"),
        ("targets.7.by", "targets"),
        ("targets", "targets"),
        ("", "form"),
        ("If-Match", "form"),
    ],
)
def test_every_problem_has_a_place(path: str, place: str) -> None:
    assert read(EMPTY_FORM).place(path) == place


EMPTY_FORM = Typed([])


def test_a_main_objective_is_an_objective() -> None:
    before = Content(title="x", objectives=["objective-7", "objective-4"])
    typed = Typed(
        [
            ("title", "x"),
            ("objectives", "objective-4"),
            ("main_objectives", "objective-7"),
            ("objectives", "objective-1"),
        ]
    )
    found = read(typed, before).content
    assert found.objectives == ["objective-7", "objective-4", "objective-1"]
    assert found.main_objectives == ["objective-7"]


def test_what_the_form_does_not_know_stays_in_the_content() -> None:
    before = Content.model_validate({"title": "x", "sdg_targets": ["10.7"]})
    assert read(Typed([("title", "y")]), before).content.model_dump()["sdg_targets"] == ["10.7"]


def words(content: Content, field: str) -> str:
    return Words(EN).said(content, field)


@many_fields
@given(contents(), contents())
def test_differences_name_the_fields_that_differ_and_hold_all_of_both(ours: Content, theirs: Content) -> None:
    found = differences(ours, theirs, words)
    differing = {name for name in Content.model_fields if getattr(ours, name) != getattr(theirs, name)}
    assert {one.field for one in found} == differing
    for one in found:
        assert "".join(piece.text for piece in one.ours) == words(ours, one.field)
        assert "".join(piece.text for piece in one.theirs) == words(theirs, one.field)
        same = ["".join(p.text for p in side if not p.only_here) for side in (one.ours, one.theirs)]
        assert same[0] == same[1]
    assert differences(ours, ours, words) == []


def test_the_words_that_differ_are_marked() -> None:
    ours, theirs = Content(title="Papers at every consulate"), Content(title="Papers at twelve consulates")
    (found,) = differences(ours, theirs, words)
    assert [piece.text for piece in found.ours if piece.only_here] == ["every", "consulate"]
    assert [piece.text for piece in found.theirs if piece.only_here] == ["twelve", "consulates"]


def test_long_texts_are_shown_without_marks_soon() -> None:
    ours, theirs = Content(title="x", description="a b " * 5000), Content(title="x", description="b a " * 5000)
    (found,) = differences(ours, theirs, words)
    assert found.ours[0].only_here
    assert len(found.ours) == 1


def test_a_pledge_in_words() -> None:
    content = Content(
        title="other",
        matches=UUID("01922f00-0000-7000-8000-000000000001"),
        objectives=["objective-4"],
        targets=[
            Target(what="Posts", comparator="at_least", value=Decimal(12), unit="posts", by="2026", baseline=Decimal(4))
        ],
        period=Period(start="2024-09", end="2026"),
    )
    assert words(content, "title") == "other"
    assert words(content, "language") == "English"
    assert words(content, "objectives").startswith("4. Ensure that all migrants have proof of legal identity")
    assert words(content, "targets") == "Posts: at least 12 posts; by 2026; today 4"
    assert words(content, "period") == "September 2024 to 2026"
    assert words(Content(title="x", period=Period(end="2026-06")), "period") == "until June 2026"
    assert [Words(EN).field(name) for name in ("title", "targets.0.by", "period.end", "objectives.3", "new")] == [
        "Title",
        "Target 1, by when",
        "Ends",
        "Objectives",
        "new",
    ]
