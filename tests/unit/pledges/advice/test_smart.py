"""The five criteria: what makes each of them met, partly met, or not."""

from typing import Any

import pytest

from services.pledges.advice.smart import Criterion
from tests.unit.pledges.advice.pledges import judged

CONCRETE = (
    "The ministry of labour will open three counselling offices for migrant workers in the ports of the country, and "
    "train forty officials to work in them."
)


def criterion(name: str, description: str = "", /, **more: Any) -> Criterion:
    [found] = [one for one in judged(description, **more).smart if one.name == name]
    return found


def target(**more: Any) -> dict[str, Any]:
    return {"what": "offices for migrants"} | more


@pytest.mark.parametrize(
    ("name", "description", "more", "verdict"),
    [
        ("specific", CONCRETE, {}, "met"),
        ("specific", "We will promote, strengthen and improve the cooperation of all.", {}, "not_met"),
        ("specific", "We will open an office.", {}, "partly"),
        ("measurable", CONCRETE, {}, "not_met"),
        ("measurable", "We will train 450 officials.", {}, "partly"),
        ("measurable", "", {"targets": [target(value=3, unit="offices", baseline=0)]}, "met"),
        ("measurable", "", {"targets": [target(value=3)]}, "partly"),
        ("measurable", "", {"targets": [target(value=3, unit="people and families")]}, "partly"),
        ("measurable", "", {"targets": [target(value_text="two thirds")]}, "partly"),
        ("measurable", "Objective 23, in 2030, since COP27 and the 2030 Agenda", {}, "not_met"),
        ("achievable", "", {}, "not_met"),
        ("achievable", "", {"forms": ["policy"]}, "partly"),
        ("achievable", "", {"forms": ["human_resources"]}, "met"),
        ("achievable", "", {"forms": ["financial"]}, "partly"),
        ("achievable", "We will give EUR 3 million.", {"forms": ["financial"]}, "met"),
        ("achievable", "We will end all detention, everywhere.", {"forms": ["policy"], "partners": ["IOM"]}, "partly"),
        ("achievable", "", {"forms": ["policy"], "partner_entities": ["iom"]}, "met"),
        ("relevant", "", {}, "not_met"),
        ("relevant", "", {"objectives": ["objective-1"]}, "met"),
        ("relevant", "We will help refugees.", {"objectives": ["objective-1"]}, "partly"),
        ("time_bound", "", {}, "not_met"),
        ("time_bound", "We will do it by 2026.", {}, "partly"),
        ("time_bound", "", {"period": {"end": "2026"}}, "met"),
        ("time_bound", "Сделаем", {"language": "ru"}, "not_read"),
    ],
)
def test_a_verdict_follows_from_what_is_there(name: str, description: str, more: dict[str, Any], verdict: str) -> None:
    found = criterion(name, description, **more)
    assert (found.verdict, found.suggestion is None) == (verdict, verdict == "met")
    assert found.reasons, "a verdict has a reason"


def test_an_end_that_only_the_text_has_is_suggested() -> None:
    suggestion = criterion("time_bound", "It runs from June 2023 to December 2026.").suggestion
    assert suggestion is not None
    assert (suggestion.code, str(suggestion.values["date"])) == ("suggest.time_bound_fill", "2026-12")


def test_money_needs_no_baseline() -> None:
    reasons = criterion("measurable", targets=[target(value=200_000, unit="EUR")]).reasons
    assert [reason.code for reason in reasons] == ["measurable.target"]
