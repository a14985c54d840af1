"""How an invitation stands: whatever speaks against it first, it is over for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.pledges.invitations.lifecycle import LIFE, Standing, link_state, refusal, state
from shared.clock import Moment
from shared.errors import Conflict, Gone

NOW = Moment(datetime(2024, 9, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
SECOND = timedelta(seconds=1)


def standing(**changed: Any) -> Standing:
    plain: dict[str, Any] = {"state": "open", "round": 2, "expires_at": NOW.system + LIFE, "until": None}
    return Standing(**(plain | {"inviter_may": True} | changed))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "open"),
        ({"expires_at": NOW.system + SECOND}, "open"),
        ({"expires_at": NOW.system}, "expired"),
        ({"until": NOW.business + SECOND}, "open"),
        ({"until": NOW.business}, "expired"),
        ({"inviter_may": False}, "revoked"),
        ({"state": "used", "inviter_may": False, "expires_at": NOW.system}, "used"),
        ({"state": "revoked", "expires_at": NOW.system}, "revoked"),
        ({"state": "expired"}, "expired"),
    ],
)
def test_an_invitation_stands(changed: dict[str, Any], expected: str) -> None:
    assert state(standing(**changed), NOW) == expected


@pytest.mark.parametrize(("sent", "expected"), [(1, "replaced"), (2, "open"), (3, "replaced")])
def test_only_the_newest_link_is_good(sent: int, expected: str) -> None:
    assert link_state(standing(), sent, NOW) == expected


def test_an_older_link_says_what_became_of_the_invitation() -> None:
    assert link_state(standing(state="used"), 1, NOW) == "used"


def test_each_state_but_open_has_a_refusal() -> None:
    assert refusal("open") is None
    assert isinstance(refusal("used"), Conflict)
    assert all(isinstance(refusal(over), Gone) for over in ("revoked", "expired", "replaced"))
