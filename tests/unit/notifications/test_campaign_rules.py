"""Which days count for which mails, and how often a campaign is counted."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.campaigns.lifecycle import Offset, count_mail, pause, windows
from services.notifications.reminders.lifecycle import Milestone
from services.notifications.reminders.policy import policy

OPENS = datetime(2022, 5, 17, tzinfo=UTC)
PLENARY = Milestone("plenary-2024", "2022", OPENS, "2024-12-12", tentative=False, reminders=True)
SOMETIME = Milestone("plenary-2024", "2022", OPENS, "2024-12", tentative=True, reminders=True)
LEFT = {-30: date(2024, 11, 5), -7: date(2024, 12, 5), -1: date(2024, 12, 11), 14: date(2024, 12, 26)}


def test_a_window_ends_with_the_next_mail_the_review_or_after_some_days() -> None:
    assert [(one.offset_days, one.on, one.until) for one in windows(LEFT, PLENARY, policy())] == [
        (-30, date(2024, 11, 5), date(2024, 12, 5)),
        (-7, date(2024, 12, 5), date(2024, 12, 11)),
        (-1, date(2024, 12, 11), date(2024, 12, 13)),
        (14, date(2024, 12, 26), date(2025, 1, 9)),
    ]


def test_while_the_day_of_the_review_is_not_certain_the_last_window_stays_open() -> None:
    assert [one.until for one in windows({-30: LEFT[-30]}, SOMETIME, policy())] == [None]
    assert windows({}, SOMETIME, policy()) == []


@pytest.mark.parametrize(
    ("today", "took", "expected"),
    [
        (date(2024, 11, 5), 0.1, timedelta(minutes=1)),
        (date(2024, 11, 5), 60.0, timedelta(minutes=20)),
        (date(2025, 3, 1), 0.1, timedelta(hours=1)),
        (date(2024, 1, 1), 0.1, timedelta(hours=1)),
    ],
    ids=["while it goes on", "never more than a twentieth of the time", "when it is over", "before it begins"],
)
def test_how_soon_it_is_counted_again(today: date, took: float, expected: timedelta) -> None:
    assert pause(PLENARY, policy(), today, timedelta(seconds=took)) == expected


@pytest.mark.parametrize(
    ("state", "reason", "lists", "expected"),
    [
        ("queued", None, True, {"waiting"}),
        ("sending", None, True, {"waiting"}),
        ("deferred", "smtp_451", True, {"deferred"}),
        ("sent", None, True, {"sent", "retried"}),
        ("sent", None, False, {"dropped"}),
        ("failed", "bounced_5.1.1", True, {"sent", "bounced", "retried"}),
        ("failed", "smtp_550_5.1.1", True, {"failed"}),
        ("suppressed", "address_suppressed", True, {"suppressed"}),
        ("suppressed", "reported", True, {"dropped"}),
        ("suppressed", "no_membership", True, {"suppressed"}),
    ],
)
def test_each_mail_is_counted_in_one_place(state: str, reason: str | None, *, lists: bool, expected: set[str]) -> None:
    counts = Offset(-30)
    count_mail(counts, state, reason, attempts=2, lists=lists, complained=False)
    assert {name for name, value in counts.keep().items() if value == 1} == expected | {"mails"}
    assert counts.waiting + counts.deferred + counts.sent + counts.failed + counts.suppressed + counts.dropped == 1
