"""What the rules say: every code in every language, with the same placeholders and all plural forms."""

import re
from decimal import Decimal
from string import Formatter

import pytest
from babel import Locale

from services.pledges.advice.findings import CODES, DUPLICATES, SUGGESTIONS, Price, Tongue, Value
from services.pledges.advice.messages import HERE, say, words
from shared.reference.dates import PartialDate
from shared.reference.entries import LANGUAGES

ALL = {*CODES, *SUGGESTIONS, *DUPLICATES}
SOME: dict[str, Value] = {
    "said": "by 2025",
    "count": 3,
    "least": 300,
    "most": 3,
    "date": PartialDate("2025-06"),
    "one": PartialDate("2025-04-03"),
    "other": PartialDate("2025-03-04"),
    "amount": Price(Decimal(200_000), "EUR"),
    "language": Tongue("pt"),
    "declared": Tongue("en"),
    "id": "GRF-07853",
    "system": "GRF",
    "percent": 93,
    "values": ("7", "14"),
    "entity": "kalmora",
}


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


def forms(language: str, code: str) -> list[str]:
    message = words(language).messages[code]
    return [message] if isinstance(message, str) else list(message.values())


def test_there_is_a_file_for_each_of_the_six_languages_and_no_other() -> None:
    assert {file.stem for file in HERE.glob("*.yaml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_message_and_every_message_a_code(language: str) -> None:
    assert set(words(language).messages) == ALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_the_same_placeholders_in_all_languages_and_forms(language: str) -> None:
    for code in ALL:
        expected = placeholders(forms("en", code)[0])
        assert [placeholders(form) for form in forms(language, code)] == [expected] * len(forms(language, code)), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_that_counts_has_exactly_the_plural_forms_of_its_language(language: str) -> None:
    tags = {*Locale.parse(language).plural_form.tags, "other"}
    for code in ALL:
        message = words(language).messages[code]
        assert (not isinstance(message, str)) == ("count" in placeholders(forms("en", code)[0])), code
        if not isinstance(message, str):
            assert set(message) == tags, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_said(language: str) -> None:
    for code in ALL:
        for count in (0, 1, 2, 3, 11, 100, 1_000_000):
            said = say(code, SOME | {"count": count}, language)
            assert said == said.strip()
            assert not re.search(r"[{}]", said)


def test_no_language_repeats_the_english_sentence() -> None:
    same = [(code, language) for language in LANGUAGES if language != "en" for code in ALL
            if forms(language, code)[0] == forms("en", code)[0]]  # fmt: skip
    assert same == []


@pytest.mark.parametrize(
    ("language", "count", "says"),
    [
        ("en", 1, "1 partner acts with you."),
        ("fr", 0, "0 partenaire agit avec vous."),
        ("fr", 2, "2 partenaires agissent avec vous."),
        ("ru", 21, "Вместе с вами действует 21 партнёр."),
        ("ru", 22, "Вместе с вами действуют 22 партнёра."),
        ("ru", 25, "Вместе с вами действуют 25 партнёров."),
        ("zh", 5, "有5个伙伴与你们一起行动。"),
        ("ar", 3, "يعمل معكم 3 شركاء."),
        ("ar", 11, "يعمل معكم 11 شريكا."),
    ],
)
def test_numbers_get_the_form_that_their_language_gives_them(language: str, count: int, says: str) -> None:
    assert say("achievable.partners", {"count": count}, language) == says


@pytest.mark.parametrize(
    ("language", "quote", "amount"),
    [
        ("en", "“EUR 3”", "200,000.5 EUR"),
        ("fr", "« EUR 3 »", "200\u202f000,5 EUR"),
        ("ru", "«EUR 3»", "200\u00a0000,5 EUR"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(language: str, quote: str, amount: str) -> None:
    values: dict[str, Value] = {"said": "EUR 3", "amount": Price(Decimal("200000.50"), "EUR")}
    said = say("money.said_differs", values, language)
    assert quote in said
    assert amount in said


def test_a_quote_of_the_other_direction_is_kept_apart_and_a_long_one_cut() -> None:
    assert "«\u2068by 2025\u2069»" in say("time_bound.span", {"said": "by 2025"}, "ar")
    assert "“\u2068خلال سنة\u2069”" in say("time_bound.span", {"said": "خلال سنة"}, "en")
    assert f"“{'x' * 80}…”" in say("time_bound.span", {"said": "x" * 500}, "en")


def test_what_people_wrote_is_no_pattern() -> None:
    assert "“{count} {0.__class__}”" in say("time_bound.span", {"said": "{count} {0.__class__}"}, "en")
