"""Which pledges name what only the database knows."""

from typing import Any
from uuid import uuid4

import pytest

from services.pledges.registry import lifecycle
from services.pledges.registry.content import EXAMPLE, Content


@pytest.mark.parametrize(
    ("named", "refers"),
    [
        ({}, False),
        ({"review_cycle": "2022"}, False),
        ({"review_cycle": "2999"}, True),
        ({"partners": ["Somebody"]}, False),
        ({"partner_entities": ["kalmora"]}, True),
        ({"kind": "matching", "matches": str(uuid4())}, True),
        ({"attachment": str(uuid4())}, True),
    ],
)
def test_what_is_looked_up_is_what_may_not_be_there(named: dict[str, Any], *, refers: bool) -> None:
    plain: dict[str, Any] = {"review_cycle": None, "partner_entities": [], "matches": None, "attachment": None}
    assert lifecycle.refers(Content(**{**EXAMPLE, **plain, **named})) is refers
