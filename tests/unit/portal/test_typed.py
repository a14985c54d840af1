"""The form of a pledge: nothing that was typed or saved is lost on the way."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.portal.differences import differences
from services.portal.language import languages
from services.portal.phrases import Words
from services.portal.typed import ROWS, Meaning, Typed, meaning
from services.portal.words import WORDS
from shared.client.models.pledges import Content, ExternalId, Money, Period, Place, Plan, Target, Translation
from shared.reference import catalogue
from shared.speaking import ENGLISH

EN = languages()[ENGLISH]
EMPTY = Content(title="")

many_fields = settings(max_examples=40)

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

place = st.builds(Place, country=st.none() | st.sampled_from(list(catalogue.STATES)), name=st.none() | line).filter(
    lambda one: bool(one.country or one.name)
)
money = st.builds(
    Money,
    said=st.none() | line,
    amount=number.map(lambda value: None if value is None else abs(value)),
    currency=st.sampled_from([None, "EUR", "KES"]),
    bound=st.sampled_from(["exactly", "up_to", "at_least", "about"]),
).filter(lambda one: bool(one.said) or one.amount is not None)
translation = st.builds(Translation, language=st.sampled_from(["fr", "sr-Latn"]), title=line, description=text)
external_id = st.builds(ExternalId, system=line, id=line, url=st.none() | line)


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
        commitments=some(catalogue.COMMITMENTS),
        levels=some(WORDS["level"]),
        frameworks=some(catalogue.FRAMEWORKS),
        sdg_targets=some(catalogue.SDG_TARGETS),
        partner_entities=some(["tarela", "KEN", "city-of-montfleur"]),
        places=st.lists(place, max_size=3),
        money=st.lists(money, max_size=3),
        translations=st.lists(translation, max_size=3),
        external_ids=st.lists(external_id, max_size=3),
        national_plan=st.none() | st.builds(Plan, title=line, url=st.none() | line),
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
    assert back.rows == {of: tuple(range(len(getattr(content, of)))) for of in ROWS}


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
    more = typed.with_row("targets")
    assert len(more.rows("targets")) == 3
    assert [found.what for found in read(more).content.targets] == ["a", "b"]  # an empty row is none
    less = more.without_row("targets", "0")
    assert [(found.what, found.by) for found in read(less).content.targets] == [("b", "2026")]
    for of, most in {"targets": 50, "places": 200}.items():
        full = Typed((f"{of}.{row}.{ROWS[of][0]}", "x") for row in range(most - 1)).with_row(of)
        assert len(full.rows(of)) == most
        assert len(full.with_row(of).rows(of)) == most


def test_each_list_has_rows_of_its_own() -> None:
    typed = Typed([("title", "x"), ("whole", "yes"), ("money.4.said", "two million"), ("places.7.name", "Nairobi")])
    found = read(typed.with_row("money").without_row("places", "0"))
    assert [one.said for one in found.content.money] == ["two million"]
    assert found.content.places == []
    assert typed.items()[2:] == [("money.0.said", "two million"), ("places.0.name", "Nairobi")]


def test_problems_are_shown_at_the_row_that_was_meant() -> None:
    found = read(Typed([("targets.0.what", ""), ("targets.1.what", "b")]))
    assert found.rows["targets"] == (1,)
    assert found.place("targets.0.by") == "targets.1.by"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("title", "title"),
        ("period", "period.end"),
        ("period.start", "period.start"),
        ("objectives.3", "objectives"),
        ("matches", "matched"),
        ("national_plan", "national_plan.title"),
        ("national_plan.url", "national_plan.url"),
        ("money.0.amount", "money"),
        ("sdg_targets.1", "sdg_targets"),
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


def test_what_a_form_does_not_show_stays_in_the_content() -> None:
    said = {"sdg_targets": ["10.7"], "money": [{"said": "two million"}], "levels": ["local"], "attachment": UUID(int=7)}
    before = Content.model_validate({"title": "x", "of_tomorrow": "kept"} | said)
    old = read(Typed([("title", "y")]), before).content
    for name in (*said, "of_tomorrow"):
        assert getattr(old, name) == getattr(before, name)
    whole = read(Typed([("title", "y"), ("whole", "yes")]), before).content
    assert (whole.sdg_targets, whole.money, whole.levels) == ([], [], [])
    assert (whole.attachment, whole.model_dump()["of_tomorrow"]) == (UUID(int=7), "kept")


def test_the_less_used_fields_are_read_as_people_type_them() -> None:
    typed = Typed(
        [
            ("title", "x"),
            ("whole", "yes"),
            ("sdg_targets", "10.7, 16.9;8.8"),
            ("partner_entities", "tarela\n KEN \n"),
            ("money.0.amount", "2 000 000"),
            ("money.0.currency", " eur "),
            ("money.1.bound", "up_to"),
            ("national_plan.title", "A plan"),
        ]
    )
    found = read(typed)
    assert not found.faults
    assert found.content.sdg_targets == ["10.7", "16.9", "8.8"]
    assert found.content.partner_entities == ["tarela", "KEN"]
    assert found.content.money == [Money(amount=Decimal(2_000_000), currency="EUR")]
    assert found.content.national_plan == Plan(title="A plan")


def test_what_lacks_in_an_entry_is_said_at_its_field() -> None:
    typed = Typed(
        [
            ("title", "x"),
            ("whole", "yes"),
            ("money.0.amount", "much"),
            ("money.0.currency", "euros"),
            ("translations.0.title", "Des documents"),
            ("external_ids.0.id", "17"),
            ("national_plan.url", "https://veridia.example/plan"),
        ]
    )
    lacking = {"translations.0.language", "external_ids.0.system", "national_plan.title"}
    assert set(read(typed).faults) == {"money.0.amount", "money.0.currency"} | lacking


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
    more = Content(
        title="x",
        commitments=["64"],
        levels=["local"],
        places=[Place(country="KEN", name="Nairobi"), Place(country="KEN")],
        money=[Money(said="two million", amount=Decimal(2_000_000), currency="EUR", bound="up_to"), Money(said="some")],
        translations=[Translation(language="fr", title="Des documents", description="A\nB")],
        national_plan=Plan(title="A plan", url="https://veridia.example/plan"),
        sdg_targets=["10.7"],
        external_ids=[ExternalId(system="Register", id="17")],
    )
    assert words(more, "commitments").startswith("¶ 64: ")
    assert words(more, "levels") == "Local"
    assert words(more, "places") == "Nairobi, Kenya\nKenya"
    assert words(more, "money") == "two million (up to 2,000,000 EUR)\nsome"
    assert words(more, "translations") == "French: Des documents\nA\nB"
    assert words(more, "national_plan") == "A plan\nhttps://veridia.example/plan"
    assert words(more, "sdg_targets") == "SDG target 10.7"
    assert words(more, "external_ids") == "Register: 17"
    assert Words(EN).field("money.1.amount") == "Money 2, amount"
    assert [Words(EN).field(name) for name in ("title", "targets.0.by", "period.end", "objectives.3", "new")] == [
        "Title",
        "Target 1, by when",
        "Ends",
        "Objectives",
        "new",
    ]
