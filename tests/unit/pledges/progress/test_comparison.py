"""Values against targets: the share of the way, and why there is none."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.pledges.progress.comparison import DIGITS, STEP, Compared, compare
from shared.events.pledges import Target

POSTS = Target(what="posts", unit="posts", baseline=Decimal(4), comparator="at_least", value=Decimal(12))
COST = Target(what="cost", unit="%", baseline=Decimal("6.3"), comparator="at_most", value=Decimal(3))  # ¶67

SHARES = {
    "on the way": (POSTS, "7", "0.3750"),
    "nothing done": (POSTS, "4", "0.0000"),
    "reached": (POSTS, "12", "1.0000"),
    "beyond": (POSTS, "30", "1.0000"),
    "gone back": (POSTS, "2", "0.0000"),
    "never 1 before it is reached": (POSTS, "11.999999", "0.9999"),
    "falling": (COST, "4.65", "0.5000"),
    "falling, beyond": (COST, "2.9", "1.0000"),
    "falling, gone back": (COST, "7", "0.0000"),
    "exactly, beyond": (POSTS.model_copy(update={"comparator": "exactly"}), "14", "0.7500"),
    "exactly, far beyond": (POSTS.model_copy(update={"comparator": "exactly"}), "40", "0.0000"),
    "about, beyond": (POSTS.model_copy(update={"comparator": "about"}), "13", "1.0000"),
    "no comparator": (POSTS.model_copy(update={"comparator": None}), "8", "0.5000"),
}


@pytest.mark.parametrize(("target", "value", "share"), SHARES.values(), ids=SHARES.keys())
def test_the_share_of_the_way(target: Target, value: str, share: str) -> None:
    assert str(compare(target, Decimal(value)).share) == share


REASONS = {
    "value_is_words": compare(POSTS, None),
    "target_is_words": compare(POSTS.model_copy(update={"value": None, "value_text": "many"}), Decimal(7)),
    "unit_differs": compare(POSTS, Decimal(7), "countries"),
    "no_baseline": compare(POSTS.model_copy(update={"baseline": None}), Decimal(7)),
    "baseline_meets_target": compare(POSTS.model_copy(update={"comparator": "at_most"}), Decimal(7)),
}


@pytest.mark.parametrize(("reason", "found"), REASONS.items())
def test_why_there_is_no_share(reason: str, found: Compared) -> None:
    assert (found.share, found.not_comparable) == (None, reason)


@pytest.mark.parametrize(("unit", "same"), [(" Posts ", True), ("ｐｏｓｔｓ", True), ("", False), ("post", False)])
def test_units_are_compared_as_words(unit: str, same: bool) -> None:
    assert (compare(POSTS, Decimal(7), unit).not_comparable is None) == same


def test_a_target_without_unit_takes_values_without() -> None:
    bare = POSTS.model_copy(update={"unit": None})
    assert compare(bare, Decimal(12)).share == 1
    assert compare(bare, Decimal(12), "posts").not_comparable == "unit_differs"


LARGEST = 10**24  # that the API takes
NUMBERS = st.one_of(st.decimals(-20, 20, places=1), st.decimals(-LARGEST, LARGEST, places=6, allow_nan=False))
COMPARATORS = st.sampled_from(["at_least", "exactly", "at_most", "about", None])


@st.composite
def targets(draw: st.DrawFn) -> Target:
    baseline, goal, comparator = draw(NUMBERS), draw(NUMBERS), draw(COMPARATORS)
    return Target(what="x", baseline=baseline, value=goal, comparator=comparator)


@given(targets(), NUMBERS)
def test_a_share_is_a_decimal_between_0_and_1_in_steps(target: Target, value: Decimal) -> None:
    found = compare(target, value)
    assert (found.share is None) != (found.not_comparable is None)
    if found.share is not None:
        assert type(found.share) is Decimal
        assert 0 <= found.share <= 1
        assert found.share.as_tuple().exponent == STEP.as_tuple().exponent


@given(targets())
def test_who_is_there_has_1_and_who_has_not_moved_has_0(target: Target) -> None:
    assert target.value is not None
    assume(compare(target, target.value).share is not None)
    assert compare(target, target.value).share == 1
    assert compare(target, target.baseline).share == 0


@given(targets(), st.integers(0, 1000), st.integers(0, 1000))
def test_between_baseline_and_target_more_is_never_less(target: Target, one: int, other: int) -> None:
    def after(thousandths: int) -> Decimal:
        assert target.baseline is not None
        assert target.value is not None
        with localcontext(prec=DIGITS):
            return target.baseline + (target.value - target.baseline) * thousandths / 1000

    assume(compare(target, target.value).share is not None)
    less, more = (compare(target, after(part)).share for part in sorted((one, other)))
    assert less is not None
    assert more is not None
    assert less <= more


@given(targets(), NUMBERS, st.booleans())
def test_1_is_said_of_what_is_reached_only(target: Target, value: Decimal, from_the_goal: bool) -> None:
    assert target.value is not None
    if from_the_goal:  # of numbers from anywhere, few are so far
        value += target.value
    assume(compare(target, value).share == 1)
    assert target.baseline is not None
    if target.value > target.baseline:
        assert value >= target.value
    else:
        assert value <= target.value
