"""Whatever a pledge says: advice never fails, never differs, and never takes long."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pledges.advice.advisor import MOST_OF_A_KIND, advise
from services.pledges.advice.messages import say
from services.pledges.registry.content import Content
from shared.reference import catalogue
from shared.reference.entries import LANGUAGES

PIECES = [
    "up to US$500,000", "EUR 200.000", "1.500 millones de euros", "over the next four years", "d'ici 2025", "26 April",
    "03/04/2025", "2021-2024", "refugees", "migrants", "réfugiés", "will open", "has been", "promote", "450 people",
    "100 %", "each year", "\n", ".", " ", "移民", "اللاجئين", "беженцев", "the of and to in for", "EUR 1-2 million",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=15).map(" ".join)
LINES = TEXTS.map(lambda text: " ".join(text.split())[:200])
DATES = st.sampled_from([None, "2019", "2024-11", "2026-06-30"])
NUMBERS = st.none() | st.decimals(-1000, 10**12, places=2)


def some(codes: Any) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(codes)), unique=True, max_size=12)


TARGETS = st.fixed_dictionaries(
    {"what": LINES, "unit": st.none() | st.sampled_from(["EUR", "million dollars", "people and families"]) | LINES,
     "baseline": NUMBERS, "value": NUMBERS, "value_text": st.none() | LINES, "by": DATES}
)  # fmt: skip
MONEY = st.fixed_dictionaries(
    {"said": LINES.map(lambda line: line or "in kind"), "amount": st.none() | st.decimals(0, 10**15, places=2),
     "currency": st.sampled_from([None, "EUR", "JPY", "IDR"]), "bound": st.sampled_from(["exactly", "up_to"])}
)  # fmt: skip
PLEDGES = st.fixed_dictionaries(
    {
        "title": LINES.map(lambda line: line.strip() or "A pledge"),
        "description": TEXTS,
        "kind": st.sampled_from(["individual", "common", "matching"]),
        "language": st.sampled_from([*LANGUAGES, "pt", "fr-CA", "sw"]),
        "objectives": some(catalogue.OBJECTIVES),
        "principles": some(catalogue.PRINCIPLES),
        "forms": some(catalogue.FORMS),
        "targets": st.lists(TARGETS, max_size=4),
        "money": st.lists(MONEY, max_size=4),
        "period": st.fixed_dictionaries({"end": DATES}),
        "partners": st.lists(LINES, max_size=3),
    }
)


def _valid(fields: dict[str, Any]) -> Content | None:
    try:
        return Content.model_validate(fields)
    except ValueError:
        return None


VALID = PLEDGES.map(_valid).filter(lambda found: found is not None)


@given(VALID, st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(LANGUAGES))
@settings(max_examples=100)
def test_any_pledge_gets_the_same_advice_twice_and_it_can_be_said(content: Content, on: date, language: str) -> None:
    found = advise(content, on)
    assert advise(Content.model_validate_json(content.model_dump_json()), on) == found
    reasons = [reason for one in found.smart for reason in one.reasons]
    suggestions = [one.suggestion for one in found.smart if one.suggestion]
    said = [say(one.code, one.values, language) for one in (*found.findings, *reasons)]
    assert all([*said, *(say(one.code, one.values, language) for one in suggestions)])


HOSTILE = [
    "a", " ", "9", "1 111 ", "1-", "1,", "1/2/2025 ", "in ", "by 2025 ", "from 1 May ", "over the the the the ",
    "1 May ", "up to $1 ", "EUR ", "migrant ", "refugees has been will ", "٣", "移", "100 % ", "\n", "-", "no no no 1 ",
    "2021-",
]  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("language", ["en", "fr", "es", "ru"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_makes_the_rules_think_for_long(piece: str, language: str) -> None:
    """20,000 characters take some 0.2 s at most; a pattern that tries again and again would need hours."""
    text = (piece * 20_000)[:20_000]
    found = advise(Content(title="A pledge", description=text, language=language), date(2024, 9, 2))
    assert len(found.smart) == 5


def test_nobody_is_buried_in_findings() -> None:
    days = ", ".join(f"{day} {month}" for month in ("April", "May", "June") for day in range(1, 29))
    money = [{"said": f"{amount} million"} for amount in range(2, 40)]
    found = advise(Content.model_validate({"title": "A pledge", "description": days, "money": money}), date(2024, 9, 2))
    codes = [one.code for one in found.findings]
    assert max(codes.count(code) for code in codes) == MOST_OF_A_KIND
