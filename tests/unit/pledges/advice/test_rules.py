"""The limits of the form, scope, and what a submission lacks."""

from typing import Any

import pytest

from services.pledges.advice.findings import CODES
from services.pledges.registry import lifecycle
from services.pledges.registry.content import Content
from shared.reference import catalogue
from tests.unit.pledges.advice.pledges import codes, judged, pledge

ALL_OBJECTIVES = list(catalogue.OBJECTIVES)


@pytest.mark.parametrize(
    ("length", "code"),
    [(0, None), (1, "short"), (299, "short"), (300, None), (3000, None), (3001, "long"), (20_000, "long")],
)
def test_a_description_has_from_300_to_3000_characters(length: int, code: str | None) -> None:
    found = {one for one in codes(judged("a" * length)) if one.startswith("limits.description")}
    assert found == ({f"limits.description_{code}"} if code else set())


@pytest.mark.parametrize(
    ("named", "main", "code"),
    [(3, 0, None), (4, 0, "limits.no_main"), (4, 1, None), (4, 3, None), (23, 4, "limits.main_objectives")],
)
def test_at_most_three_objectives_are_main_ones(named: int, main: int, code: str | None) -> None:
    found = judged(objectives=ALL_OBJECTIVES[:named], main_objectives=ALL_OBJECTIVES[:main])
    assert codes(found) & {"limits.no_main", "limits.main_objectives"} == ({code} if code else set())


def test_all_ten_principles_say_as_little_as_none() -> None:
    principles = list(catalogue.PRINCIPLES)
    assert "limits.all_principles" in codes(judged(principles=principles))
    assert "limits.all_principles" not in codes(judged(principles=principles[1:]))


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "We will open schools to refugees.", "refugees_only"),
        ("en", "We will open schools to refugees and migrants.", None),
        ("en", "We will open schools to internally displaced people.", "displaced_only"),
        ("en", "We will open schools; announced at the Global Refugee Forum.", None),
        ("en", "We will open schools.", None),
        ("fr", "La ville ouvrira ses écoles aux réfugiés.", "refugees_only"),
        ("fr", "La ville ouvrira ses écoles aux réfugiés et aux personnes migrantes.", None),
        ("es", "La ciudad abrirá sus escuelas a las personas refugiadas.", "refugees_only"),
        ("es", "La ciudad abrirá sus escuelas a las personas refugiadas y migrantes.", None),
        ("ru", "Город откроет школы для беженцев.", None),
        ("en", "The city has opened a clinic, and 300 migrants were treated.", "past_only"),
        ("en", "The city has opened a clinic for migrants, and will open a second one.", None),
        ("fr", "La ville a ouvert un centre pour les migrants.", "past_only"),
        ("fr", "La ville a ouvert un centre et ouvrira un autre pour les migrants.", None),
        ("es", "La ciudad ha abierto un centro para migrantes.", "past_only"),
        ("es", "La ciudad ha abierto un centro y abrirá otro para migrantes.", None),
    ],
)
def test_scope_is_migrants_and_what_is_still_to_be_done(language: str, text: str, code: str | None) -> None:
    found = {one for one in codes(judged(text, language=language)) if one.startswith("scope.")}
    assert found == ({f"scope.{code}"} if code else set())


@pytest.mark.parametrize(("end", "over"), [("2023", True), ("2024-08", True), ("2024-09-02", False), ("2024", False)])
def test_a_period_that_is_over_is_no_promise(end: str, over: bool) -> None:
    assert ("scope.period_over" in codes(judged(period={"end": end}))) == over


@pytest.mark.parametrize("language", ["ar", "zh", "ru", "pt", "sw"])
def test_a_language_that_is_not_read_is_named(language: str) -> None:
    found = judged("Сделаем многое для беженцев", language=language)
    assert found.language is None
    assert {"text.not_read", "not_read"} <= codes(found)
    assert {one.name: one.verdict for one in found.smart}["specific"] == "not_read"


ENGLISH = "The ministry will open three offices in the north of the country for the workers that are in need of it."


@pytest.mark.parametrize(
    ("declared", "text", "read"),
    [
        ("en", ENGLISH, "en"),
        ("fr", ENGLISH, "en"),
        (
            "fr-CA",
            "Le ministère ouvrira trois bureaux dans le nord du pays pour les personnes qui en ont besoin.",
            "fr",
        ),
        ("en", "Le ministère ouvrira trois bureaux dans le nord du pays pour les personnes qui en ont besoin.", "fr"),
        ("en", "El ministerio abrirá tres oficinas en el norte del país para las personas que las necesiten.", "es"),
        (
            "it",
            "Il ministero aprirà tre uffici nel nord del paese per le persone che ne hanno bisogno, con la rete.",
            None,
        ),
        ("pt", "O ministério abrirá três escritórios no norte do país para as pessoas que deles precisem.", None),
        ("en", "Министерство откроет три бюро на севере страны для людей, которым они нужны, и будет работать", None),
        ("ar", "ستفتح الوزارة ثلاثة مكاتب في شمال البلاد للعمال الذين يحتاجون إليها في كل المناطق الشمالية", None),
        ("en", "Open data", "en"),
    ],
)
def test_a_text_is_read_as_what_it_is(declared: str, text: str, read: str | None) -> None:
    assert judged(text, language=declared).language == read


def test_a_translation_is_read_where_the_text_itself_is_not() -> None:
    english = {"language": "en", "title": "Schools", "description": "We will open schools to refugees, by 26 April."}
    short = {"language": "fr", "title": "Des écoles"}
    found = judged("Сделаем", language="ru", translations=[short, english])
    assert found.language == "en"
    assert {one.code: one.field for one in found.findings if one.severity == "advised"} == {
        "limits.description_short": "description",
        "scope.refugees_only": "translations.1.description",
        "dates.no_year": "translations.1.description",
    }
    assert judged("Сделаем", language="ru", translations=[short]).language is None


LACKING: list[dict[str, Any]] = [
    {},
    {"kind": "common"},
    {"kind": "matching"},
    {"matches": "0190d3a2-7a5c-7000-8000-000000000000"},
]


@pytest.mark.parametrize("more", LACKING)
def test_all_that_a_submission_lacks_is_needed(more: dict[str, Any]) -> None:
    lacking = lifecycle.lacking(Content.model_validate({"title": "A pledge"} | more))
    needed = [one for one in judged(**more).findings if one.severity == "needed"]
    assert [one.field for one in needed] == [fault.field for fault in lacking]
    assert all(one.code != "lacking.other" for one in needed)


def test_every_code_of_what_lacks_is_reached() -> None:
    reached = {one.code for more in LACKING for one in judged(**more).findings if one.severity == "needed"}
    assert reached == {code for code in CODES if code.startswith("lacking.")} - {"lacking.other"}


def test_a_pledge_without_anything_gets_advice() -> None:
    assert [one.verdict for one in judged().smart] == ["not_met"] * 5
    assert pledge().title == "A pledge"
