"""Mails as the gateway brings them, the addresses they go to, and what was made of them."""

from typing import Any

from tests.integration.network_support.support import FOCAL_POINT, STAFF, Support
from tests.integration.network_support.test_conversation import MACHINE
from tests.support.api import MAIL

GATEWAY = {"Authorization": f"Bearer {MAIL.inbound_secret}", "Content-Type": "message/rfc822"}


async def arrives(support: Support, mail: bytes) -> list[str]:
    answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert answer.status_code == 200, answer.text
    outcomes: list[str] = answer.json()["outcomes"]
    return outcomes


async def address(support: Support, request: dict[str, Any], person: str = FOCAL_POINT) -> str:
    wanted = {"request_id": request["request_id"], "person_id": person}
    made: str = (await support.post("/messages/resolve", wanted, MACHINE)).json()["reply_to"]
    return made


async def mails(support: Support) -> list[dict[str, Any]]:
    """What staff see of those that arrived, the oldest first."""
    items: list[dict[str, Any]] = (await support.get("/inbound/mails?limit=100", STAFF)).json()["items"]
    return items[::-1]


async def told(support: Support) -> list[str]:
    """Why people were written to about their mails."""
    rows = [row for row in await support.service.outbox() if row.type == "request.mail_not_taken.v1"]
    return [row.data["reason"] for row in rows]
