"""Days are compared by the codes of their digits as numbers are."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.pledges.search.codes import LAST, digits
from services.pledges.search.sets import All, Has, Set, Some, Without, before

days = st.integers(0, LAST)


def holds(wanted: Set, codes: set[str]) -> bool:
    match wanted:
        case Has(named):
            return not codes.isdisjoint(named)
        case All(parts):
            return all(holds(part, codes) for part in parts)
        case Some(parts):
            return any(holds(part, codes) for part in parts)
        case Without(part):
            return not holds(part, codes)


def named(wanted: Set) -> int:
    match wanted:
        case Has(codes):
            return len(codes)
        case All(parts) | Some(parts):
            return sum(named(part) for part in parts)
        case Without(part):
            return named(part)


@given(days, st.integers(1, LAST + 1))
@example(LAST, LAST)
@example(LAST, LAST + 1)
@example(0, 1)
def test_a_day_is_before_another_one_as_its_number_is_smaller(day: int, other: int) -> None:
    assert holds(before("end", other), set(digits("end", day))) == (day < other)


@given(st.integers(1, LAST + 1))
def test_at_most_nine_codes_are_asked_for_a_day(day: int) -> None:
    assert named(before("end", day)) <= 9
