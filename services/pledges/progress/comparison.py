"""What a reported value says of its target: the share of the way that is done, or why none can be told. Pure."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Literal
from unicodedata import normalize

from shared.events.pledges import Target

Obstacle = Literal["value_is_words", "target_is_words", "unit_differs", "no_baseline", "baseline_meets_target"]
DIGITS = 80  # more than two numbers of 30 digits each need: nothing is rounded before the end
STEP = Decimal("0.0001")


@dataclass(frozen=True)
class Compared:
    """Either a share from 0 to 1, in steps of 0.0001, or what stands against it."""

    share: Decimal | None = None
    not_comparable: Obstacle | None = None


def compare(target: Target, value: Decimal | None, unit: str | None = None) -> Compared:
    """The share of the way from baseline to target; `unit` None: that of the target.

    Rounded down, so that 1 says that the target is reached. Who went back from the baseline has done 0; who went
    beyond the target has done 1, but for a target of `exactly`, where going beyond counts as going away.
    """
    if value is None:
        return Compared(not_comparable="value_is_words")
    if target.value is None:
        return Compared(not_comparable="target_is_words")
    if unit is not None and _plain(unit) != _plain(target.unit or ""):
        return Compared(not_comparable="unit_differs")
    if target.baseline is None:
        return Compared(not_comparable="no_baseline")
    if _holds(target.comparator, target.baseline, target.value):
        return Compared(not_comparable="baseline_meets_target")
    return Compared(_share(target.comparator, target.baseline, target.value, value))


def _holds(comparator: str | None, value: Decimal, goal: Decimal) -> bool:
    """Whether a value is as the target wants it."""
    return value == goal or (comparator == "at_least" and value > goal) or (comparator == "at_most" and value < goal)


def _share(comparator: str | None, baseline: Decimal, goal: Decimal, value: Decimal) -> Decimal:
    with localcontext(prec=DIGITS):
        done = (value - baseline) / (goal - baseline)
        if comparator == "exactly" and done > 1:
            done = 2 - done
        return min(max(done, Decimal(0)), Decimal(1)).quantize(STEP, rounding=ROUND_DOWN)


def _plain(unit: str) -> str:
    """Units are compared as words: neither case nor spaces nor the way of writing a character matters."""
    return " ".join(normalize("NFKC", unit).casefold().split())
