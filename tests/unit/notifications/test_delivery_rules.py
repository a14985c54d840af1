"""What becomes of a delivery after an attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.deliveries.lifecycle import (
    GIVE_UP,
    Accepted,
    Broken,
    Limited,
    NotTried,
    Outage,
    Outcome,
    Refused,
    Settlement,
    State,
    Suppressed,
    settle,
)

AT = datetime(2024, 9, 2, 9, tzinfo=UTC)


def after(outcome: Outcome, *, attempts: int = 1, age: timedelta = timedelta()) -> Settlement:
    return settle(outcome, attempts=attempts, created_at=AT - age, at=AT)


def test_accepted_is_sent() -> None:
    assert after(Accepted()) == Settlement(State.SENT, attempts=1)


def test_5xx_fails_for_good() -> None:
    assert after(Refused(550, "5.1.1")) == Settlement(State.FAILED, "smtp_550_5.1.1", attempts=1)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (6, 240), (40, 240)])
@pytest.mark.parametrize("outcome", [Refused(451), Broken("UndefinedError")], ids=["4xx", "broken"])
def test_4xx_and_our_own_faults_are_tried_again_ever_less_often(outcome: Outcome, attempts: int, minutes: int) -> None:
    made = after(outcome, attempts=attempts)
    assert (made.state, made.next_try_at) == (State.DEFERRED, AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("outcome", [Refused(451), Broken("UndefinedError")], ids=["4xx", "broken"])
def test_patience_ends_after_days(outcome: Outcome) -> None:
    assert after(outcome, attempts=30, age=GIVE_UP).state is State.FAILED


@pytest.mark.parametrize("attempts", [1, 5, 500])
def test_an_outage_never_costs_a_mail(attempts: int) -> None:
    made = after(Outage("SMTPConnectError"), attempts=attempts, age=10 * GIVE_UP)
    assert made.state is State.DEFERRED
    assert made.next_try_at is not None
    assert timedelta(seconds=1) < made.next_try_at - AT <= timedelta(seconds=60)


def test_what_was_not_tried_costs_no_attempt() -> None:
    assert after(NotTried()) == Settlement(State.QUEUED, None, AT, 0)
    again = settle(NotTried(), attempts=3, created_at=AT, at=AT, reason="smtp_451")
    assert again == Settlement(State.DEFERRED, "smtp_451", AT, 2)


def test_what_its_domain_takes_no_more_of_waits_and_costs_no_attempt() -> None:
    later = AT + timedelta(seconds=9)
    assert after(Limited(later)) == Settlement(State.DEFERRED, "domain_limit", later, 0)


def test_suppressed_says_why() -> None:
    assert after(Suppressed("membership_ended")) == Settlement(State.SUPPRESSED, "membership_ended", attempts=1)
