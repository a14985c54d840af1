"""Pledges for the tests of advice."""

from datetime import date
from typing import Any

from services.pledges.advice.advisor import Judgement, advise
from services.pledges.registry.content import Content

TODAY = date(2024, 9, 2)


def pledge(description: str = "", /, **more: Any) -> Content:
    return Content.model_validate({"title": "A pledge", "description": description} | more)


def judged(description: str = "", /, **more: Any) -> Judgement:
    return advise(pledge(description, **more), TODAY)


def codes(found: Judgement) -> set[str]:
    """Of all that was found, reasons of criteria too."""
    reasons = {reason.code for criterion in found.smart for reason in criterion.reasons}
    return reasons | {one.code for one in found.findings}
