"""What the service listens to."""

from services.network_support.handlers import SUBSCRIPTIONS
from shared.events.registry import PLEDGES, TYPES


def test_no_record_of_a_pledge_is_passed_over() -> None:
    known_pledges = SUBSCRIPTIONS[0]
    assert known_pledges.topic == PLEDGES
    assert set(known_pledges.handlers) == {event.name for event in TYPES.values() if event.topic == PLEDGES}
