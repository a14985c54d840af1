"""Days of memberships as people type them."""

from datetime import UTC, datetime

import pytest

from services.portal.language import languages
from services.portal.terms import last_day, term
from services.portal.typed import Typed
from shared.speaking import ENGLISH

NOW = datetime(2024, 9, 2, 9, tzinfo=UTC)
LANGUAGE = languages()[ENGLISH]


def typed(since: str = "", until: str = "") -> Typed:
    return Typed([("since", since), ("until", until)])


@pytest.mark.parametrize(
    ("first", "last", "since", "until"),
    [
        ("", "", None, None),
        ("2 September 2024", "", None, None),  # today: it has begun
        ("2024-10-01", "31 December 2024", datetime(2024, 10, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        ("2025", "2025", datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("2025-02", "2025-02", datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)),
        ("2024-09-01", "", datetime(2024, 9, 1, tzinfo=UTC), None),
        ("", "2200-12-31", None, datetime(2201, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_first_day_begins_and_the_last_is_still_in_it(
    first: str, last: str, since: datetime | None, until: datetime | None
) -> None:
    found = term(typed(first, last), NOW, LANGUAGE)
    assert (found.since, found.until, found.faults) == (since, until, {})


@pytest.mark.parametrize(
    ("first", "last", "at"),
    [
        ("soon", "", "since"),
        ("", "2024-02-30", "until"),
        ("01/02/2025", "", "since"),
        ("", "9999-12-31", "until"),
        ("2025-02-01", "2025-01-31", "until"),
        ("2025", "2024", "until"),
    ],
)
def test_what_is_no_day_or_before_the_other_is_said_at_its_field(first: str, last: str, at: str) -> None:
    assert list(term(typed(first, last), NOW, LANGUAGE).faults) == [at]


def test_what_ends_at_midnight_had_its_last_day_before() -> None:
    assert last_day(datetime(2025, 1, 1, tzinfo=UTC)).day == 31
    assert last_day(datetime(2025, 1, 1, 14, tzinfo=UTC)).day == 1
