"""From draft to rating: each step by whom it may be taken, what is kept of it and who is told."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.network_support.requests import commands
from services.network_support.requests.lifecycle import Step
from shared.authors import Author
from shared.errors import Conflict
from tests.integration.network_support.support import FOCAL_POINT, OTHER, REVIEWER, STAFF, VIEWER, Support, wish
from tests.support.entities import faults
from tests.support.tokens import bearer

AMINA = bearer(FOCAL_POINT)
WAY = (
    ("acknowledge", STAFF, None, "acknowledged"),
    ("triage", STAFF, None, "triage"),
    ("ask", STAFF, "Which consulates?", "needs_info"),
    ("answer", AMINA, "Arkady and Balt.", "triage"),
    ("accept", STAFF, None, "accepted"),
    ("begin-matching", STAFF, None, "matching"),
)
REST = (
    ("begin-delivery", STAFF, None, "delivering"),
    ("deliver", STAFF, "Two workshops", "delivered"),
)


@pytest.fixture
async def submitted(support: Support, pledge: UUID) -> dict[str, Any]:
    await support.hears(pledge)
    return await support.opened(pledge)


async def go(support: Support, request: dict[str, Any], path: str, who: dict[str, str], body: Any = None) -> Any:
    seen = (await support.read(request))["revision"]
    return await support.post(f"/requests/{request['request_id']}/{path}", body, who, seen=seen)


async def walk(support: Support, request: dict[str, Any], way: Any) -> None:
    for path, who, reason, state in way:
        answer = await go(support, request, path, who, {"reason": reason} if reason else None)
        assert (answer.status_code, answer.json().get("state")) == (200, state), answer.text


async def take(support: Support, request: dict[str, Any], step: Step) -> None:
    """As the room that owns the step does."""
    async with support.service.database.transaction() as session:
        found = await commands.locked(session, UUID(request["request_id"]))
        await commands.take(session, found, step, Author("noor", "network_staff"), support.moment, facts={"n": 1})


async def delivered(support: Support, request: dict[str, Any]) -> None:
    await walk(support, request, WAY)
    await take(support, request, "matched")
    await walk(support, request, REST)


async def history(support: Support, request: dict[str, Any]) -> list[dict[str, Any]]:
    body = (await support.get(f"/requests/{request['request_id']}/history", STAFF)).json()
    lines: list[dict[str, Any]] = body["items"]
    return lines


async def test_the_whole_life(support: Support, submitted: dict[str, Any]) -> None:
    await delivered(support, submitted)
    said = {"rating": 5, "comment": "It came in time.", "lessons": "Begin with one consulate."}
    confirmed = await go(support, submitted, "confirm", AMINA, said)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed"), confirmed.text
    closed = await go(support, submitted, "close", STAFF, {"lessons": "Two workshops are enough."})
    assert (closed.json()["state"], closed.json()["allowed"]) == ("closed", ["reopened"])
    lines = await history(support, submitted)
    assert [(line["step"], line["state"], line["by"]) for line in lines] == [
        ("opened", "submitted", "entity"),
        ("acknowledged", "acknowledged", "network_staff"),
        ("triaged", "triage", "network_staff"),
        ("asked", "needs_info", "network_staff"),
        ("answered", "triage", "entity"),
        ("accepted", "accepted", "network_staff"),
        ("matching_begun", "matching", "network_staff"),
        ("matched", "matched", "network_staff"),
        ("delivery_begun", "delivering", "network_staff"),
        ("delivered", "delivered", "network_staff"),
        ("confirmed", "confirmed", "entity"),
        ("closed", "closed", "network_staff"),
    ]
    assert [line["reason"] for line in lines[3:5]] == ["Which consulates?", "Arkady and Balt."]
    assert lines[7]["facts"] == {"n": 1}
    assert lines[-2]["feedback"] == said
    assert lines[-1]["feedback"] == {"rating": None, "comment": None, "lessons": "Two workshops are enough."}


async def test_the_public_hears_of_what_it_may_and_others_of_every_step(
    support: Support, submitted: dict[str, Any]
) -> None:
    await delivered(support, submitted)
    await go(support, submitted, "confirm", AMINA, {})
    await go(support, submitted, "close", STAFF, {})
    public = await support.service.outbox("gcm.support")
    assert [(event.type, event.data["support"]["status"], event.data["support"]["sequence"]) for event in public] == [
        ("support.requested.v1", "requested", 1),
        ("support.matched.v1", "matched", 2),
        ("support.delivered.v1", "delivered", 3),
    ]
    assert set(public[-1].data["support"]) == {"request_id", "sequence", "pledge_id", "status"}
    told = await support.service.outbox("gcm.support.workflow")
    steps = [event.type for event in told if "number" not in event.data]  # the others are messages
    assert steps[1:] == [
        f"request.{step}.v1"
        for step in (
            *("acknowledged", "triaged", "asked", "answered", "accepted", "matching_begun", "matched"),
            *("delivery_begun", "delivered", "confirmed", "closed"),
        )
    ]
    assert "consulates" not in str([event.data for event in told + public])


async def test_a_match_that_does_not_hold_is_released_and_the_public_hears_it(
    support: Support, submitted: dict[str, Any]
) -> None:
    await walk(support, submitted, WAY)
    await take(support, submitted, "matched")
    async with support.service.database.transaction() as session:
        found = await commands.locked(session, UUID(submitted["request_id"]))
        author = Author("noor", "network_staff")
        await commands.take(session, found, "released", author, support.moment, reason="The expert is ill")
    [*_, last] = await support.service.outbox("gcm.support")
    assert (last.type, last.data["support"]["status"], last.data["change"]["action"]) == (
        "support.requested.v1",
        "requested",
        "released",
    )


async def test_a_step_that_is_not_allowed_names_those_that_are(support: Support, submitted: dict[str, Any]) -> None:
    answer = await go(support, submitted, "accept", STAFF)
    body = answer.json()
    assert (answer.status_code, body["state"]) == (409, "submitted")
    assert body["allowed"] == ["acknowledged", "merged", "withdrawn"]
    assert (await support.read(submitted))["allowed"] == body["allowed"]


@pytest.mark.parametrize("path", ["ask", "redirect", "decline"])
@pytest.mark.parametrize("body", [None, {}, {"reason": " "}])
async def test_no_reason_no_step(support: Support, submitted: dict[str, Any], path: str, body: Any) -> None:
    await walk(support, submitted, WAY[:2])
    answer = await go(support, submitted, path, STAFF, body)
    assert (answer.status_code, set(faults(answer))) == (422, {"reason"})
    assert (await support.read(submitted))["state"] == "triage"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": "very good"}, "rating"),
        ({"comment": "x" * 4_001}, "comment"),
        ({"lessons": "\x00"}, "lessons"),
        ({"stars": 5}, "stars"),
    ],
)
async def test_a_rating_is_one_to_five(support: Support, submitted: dict[str, Any], body: Any, field: str) -> None:
    await delivered(support, submitted)
    answer = await go(support, submitted, "confirm", AMINA, body)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert (await support.read(submitted))["state"] == "delivered"


async def test_who_is_not_asked_cannot_confirm(support: Support, submitted: dict[str, Any]) -> None:
    await delivered(support, submitted)
    for who, status in ((STAFF, 404), (bearer(VIEWER), 403), (bearer(OTHER), 404), (REVIEWER, 404)):
        assert (await go(support, submitted, "confirm", who, {"rating": 1})).status_code == status


async def test_two_officers_at_once_are_one(support: Support, submitted: dict[str, Any]) -> None:
    await walk(support, submitted, WAY[:2])
    seen = (await support.read(submitted))["revision"]
    path = f"/requests/{submitted['request_id']}"
    other = bearer("noor", "network_staff")
    answers = await asyncio.gather(
        support.post(f"{path}/accept", headers=STAFF, seen=seen),
        support.post(f"{path}/decline", {"reason": "No"}, headers=other, seen=seen),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await history(support, submitted)) == 4


async def test_history_cannot_be_changed_and_nothing_is_deleted(support: Support, submitted: dict[str, Any]) -> None:
    await delivered(support, submitted)
    await go(support, submitted, "confirm", AMINA, {"rating": 3})
    for statement in (
        "update request_history set reason = 'no'",
        "delete from request_history",
        "update request_feedback set rating = 5",
        "delete from request_feedback",
        "delete from support_request",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with support.service.database.transaction() as session:
                await session.execute(text(statement))


class TestDrafts:
    async def test_only_people_of_the_entity_see_it(self, support: Support, pledge: UUID) -> None:
        draft = await self._begun(support, pledge)
        path = f"/requests/{draft['request_id']}"
        for who, status in ((AMINA, 200), (bearer(VIEWER), 200), (bearer(OTHER), 404), (STAFF, 404), (REVIEWER, 404)):
            assert (await support.get(path, who)).status_code == status
            assert (await support.get(f"{path}/history", who)).status_code == status
        assert (await support.get("/requests", STAFF)).json()["items"] == []
        mine = (await support.get("/me/requests?state=draft")).json()["items"]
        assert [one["request_id"] for one in mine] == [draft["request_id"]]
        assert await support.events() == []

    async def test_it_is_saved_and_sent_by_its_people_only(self, support: Support, pledge: UUID) -> None:
        await support.hears(pledge)
        draft = await self._begun(support, pledge)
        path = f"/requests/{draft['request_id']}"
        edit = {"pledge_id": str(pledge), "type": "fund_proposal", "text": "Help with a proposal", "language": "fr"}
        for who, status in ((STAFF, 404), (bearer(VIEWER), 403), (bearer(OTHER), 404)):
            assert (await self._put(support, f"{path}/draft", edit, who, 1)).status_code == status
            assert (await support.post(f"{path}/send", headers=who, seen=1)).status_code == status
        assert (await self._put(support, f"{path}/draft", edit, AMINA, 7)).status_code == 412
        saved = await self._put(support, f"{path}/draft", edit, AMINA, 1)
        assert (saved.status_code, saved.json()["type"], saved.headers["etag"]) == (200, "fund_proposal", '"2"')
        support.service.set_clock(datetime(2024, 9, 4, 12, 0, tzinfo=UTC))
        sent = await support.post(f"{path}/send", seen=2)
        assert (sent.status_code, sent.json()["state"], sent.json()["sent_at"][:10]) == (200, "submitted", "2024-09-04")
        assert await support.events() == ["support.requested.v1", "request.received.v1"]
        assert (await self._put(support, f"{path}/draft", edit, AMINA, 3)).status_code == 409

    async def test_for_a_pledge_that_is_not_known_it_waits(self, support: Support, pledge: UUID) -> None:
        draft = await self._begun(support, pledge)
        sent = await support.post(f"/requests/{draft['request_id']}/send", seen=1)
        assert sent.json()["state"] == "pending_pledge"
        await support.hears(pledge)
        assert (await support.read(draft))["state"] == "submitted"

    async def test_for_anothers_pledge_it_cannot_be_sent(self, support: Support, pledge: UUID) -> None:
        await support.hears(pledge, entity="sorvenia")
        draft = await self._begun(support, pledge)
        sent = await support.post(f"/requests/{draft['request_id']}/send", seen=1)
        assert (sent.status_code, set(faults(sent))) == (422, {"pledge_id"})
        assert (await support.get(f"/requests/{draft['request_id']}")).json()["state"] == "draft"

    async def test_a_blank_one_can_be_kept_and_not_sent(self, support: Support, pledge: UUID) -> None:
        draft = await self._begun(support, pledge, text=" ")
        sent = await support.post(f"/requests/{draft['request_id']}/send", seen=1)
        assert (sent.status_code, set(faults(sent))) == (422, {"text"})

    async def test_it_is_discarded_and_staff_never_see_it(self, support: Support, pledge: UUID) -> None:
        draft = await self._begun(support, pledge)
        gone = await support.post(f"/requests/{draft['request_id']}/withdraw", seen=1)
        assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
        assert (await support.get(f"/requests/{draft['request_id']}", STAFF)).status_code == 404
        assert await support.events() == []

    async def test_staff_cannot_act_on_it(self, support: Support, pledge: UUID) -> None:
        draft = await self._begun(support, pledge)
        for path in ("acknowledge", "triage", "decline", "deliver"):
            answer = await support.post(f"/requests/{draft['request_id']}/{path}", {"reason": "x"}, STAFF, seen=1)
            assert answer.status_code == 404

    @pytest.mark.parametrize("who", [bearer(VIEWER), bearer(OTHER), STAFF])
    async def test_nobody_else_begins_one(self, support: Support, pledge: UUID, who: dict[str, str]) -> None:
        assert (await support.post("/requests/drafts", wish(pledge), who)).status_code == 403

    async def _begun(self, support: Support, pledge: UUID, **changed: Any) -> dict[str, Any]:
        answer = await support.post("/requests/drafts", wish(pledge, **changed))
        assert (answer.status_code, answer.json()["state"], answer.json()["sent_at"]) == (201, "draft", None)
        body: dict[str, Any] = answer.json()
        return body

    async def _put(self, support: Support, path: str, body: Any, who: dict[str, str], seen: int) -> Any:
        return await support.service.client.put(path, json=body, headers={**who, "If-Match": f'"{seen}"'})


async def test_only_a_listed_step_changes_a_state(support: Support, submitted: dict[str, Any]) -> None:
    async with support.service.database.transaction() as session:
        found = await commands.locked(session, UUID(submitted["request_id"]))
        with pytest.raises(Conflict):
            await commands.take(session, found, "confirmed", support.author, support.moment)
    assert len(await history(support, submitted)) == 1
