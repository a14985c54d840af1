"""What both sides say about a request: messages, questions and answers, and notes that the requester never sees."""

from typing import Any
from uuid import UUID

import pytest

from tests.integration.network_support.support import (
    ADMIN,
    DELEGATE,
    FOCAL_POINT,
    OTHER,
    REVIEWER,
    STAFF,
    VIEWER,
    Support,
    wish,
)
from tests.support.tokens import bearer

MACHINE = bearer("machine", "service")
QUESTION = {"text": "Which consulates?", "language": "en", "asks": True}


async def begun(support: Support, pledge: UUID, state: str = "triage") -> dict[str, Any]:
    """A request of Veridia in this state, which Network staff have begun to look into."""
    await support.hears(pledge)
    request = await support.opened(pledge)
    for number, step in enumerate(["acknowledge", "triage"], 1):
        await support.post(f"/requests/{request['request_id']}/{step}", {}, STAFF, seen=number)
    if state == "needs_info":
        assert (await support.post(path(request), QUESTION, STAFF)).status_code == 201
    assert (await support.read(request))["state"] == state
    return request


def path(request: dict[str, Any], what: str = "messages") -> str:
    return f"/requests/{request['request_id']}/{what}"


async def said(support: Support, request: dict[str, Any], who: dict[str, str] = STAFF) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await support.get(path(request), who)).json()["items"]
    return items


async def test_both_sides_write_and_read_in_order(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    for number, (text, who) in enumerate([("Welcome.", STAFF), ("Thanks.", bearer(DELEGATE)), ("?", ADMIN)], 1):
        answer = await support.post(path(request), {"text": text, "channel": "portal"}, who)
        assert (answer.status_code, answer.json()["number"]) == (201, number)
    expected = [("staff", "Welcome."), ("requester", "Thanks."), ("staff", "?")]
    for reader in (STAFF, REVIEWER, bearer(FOCAL_POINT), bearer(VIEWER)):
        found = await said(support, request, reader)
        assert [(one["sender"], one["text"]) for one in found] == expected
        assert {one["channel"] for one in found} == {"portal"}
    assert (await support.read(request))["revision"] == 3  # nothing of the request itself has changed


async def test_a_note_is_for_staff_alone(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    await support.post(path(request, "notes"), {"text": "A secret."}, STAFF)
    await support.post(path(request), {"text": "Hello."}, STAFF)
    assert [one["internal"] for one in await said(support, request)] == [True, False]
    for reader in (bearer(FOCAL_POINT), bearer(DELEGATE), bearer(VIEWER), REVIEWER):
        answer = await support.get(path(request), reader)
        assert [one["number"] for one in answer.json()["items"]] == [2]
        assert "secret" not in answer.text
    wanted = {"request_id": request["request_id"], "number": 1, "person_id": FOCAL_POINT}
    assert (await support.post("/messages/resolve", wanted, MACHINE)).json()["text"] is None
    for who in (bearer(FOCAL_POINT), REVIEWER):
        assert (await support.post(path(request, "notes"), {"text": "x"}, who)).status_code == 403
    assert [one for one in await support.events() if one and "message" in one] == ["request.message.v1"]


async def test_a_note_does_not_answer_a_question(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge, "needs_info")
    await support.post(path(request, "notes"), {"text": "Phoned."}, STAFF)
    assert (await support.read(request))["state"] == "needs_info"


async def test_a_question_holds_the_request_up_until_the_requester_writes(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge, "needs_info")
    await support.post(path(request), {"text": "By the way."}, STAFF)
    assert (await support.read(request))["state"] == "needs_info"
    await support.post(path(request), {"text": "Geneva."}, bearer(DELEGATE))
    assert (await support.read(request))["state"] == "triage"
    history = (await support.get(path(request, "history"), STAFF)).json()["items"]
    assert [(one["step"], one["reason"]) for one in history[-2:]] == [
        ("asked", "Which consulates?"),
        ("answered", "Geneva."),
    ]
    rows = await support.service.rows("select person, facts from request_history order by revision offset 3")
    assert [(row["person"], row["facts"]["message"]) for row in rows] == [("nora", 1), (DELEGATE, 3)]


async def test_the_routes_of_the_steps_say_the_same(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    asked = await support.post(path(request, "ask"), {"reason": "Which consulates?"}, STAFF, seen=3)
    assert (asked.status_code, asked.json()["state"]) == (200, "needs_info")
    answered = await support.post(path(request, "answer"), {"reason": "Geneva."}, seen=4)
    assert (answered.status_code, answered.json()["state"]) == (200, "triage")
    found = await said(support, request)
    assert [(one["sender"], one["asks"], one["text"]) for one in found] == [
        ("staff", True, "Which consulates?"),
        ("requester", False, "Geneva."),
    ]
    refused = await support.post(path(request, "answer"), {"reason": "More."}, seen=5)
    assert (refused.status_code, len(await said(support, request))) == (409, 2)


async def test_a_question_from_a_state_that_allows_none_says_nothing(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    request = await support.opened(pledge)
    answer = await support.post(path(request), QUESTION, STAFF)
    assert (answer.status_code, answer.json()["allowed"]) == (409, ["acknowledged", "merged", "withdrawn"])
    assert await said(support, request) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [(bearer(VIEWER), 403), (bearer(OTHER), 404), (REVIEWER, 404), ({}, 401)],
)
async def test_who_may_not_write(support: Support, pledge: UUID, who: dict[str, str], status: int) -> None:
    request = await begun(support, pledge)
    sent = who or {"Authorization": "Bearer nothing"}
    assert (await support.post(path(request), {"text": "x"}, sent)).status_code == status
    assert await said(support, request) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": " \n "},
        {"text": "x" * 20_001},
        {"text": "\x00"},
        {"text": "x", "channel": "mail"},
        {"text": "x", "language": "no language"},
        {"text": "x", "internal": True},
        {"text": "x", "sender": "staff"},
        {"text": ["x"]},
    ],
)
async def test_messages_that_are_none(support: Support, pledge: UUID, body: dict[str, Any]) -> None:
    request = await begun(support, pledge)
    for what in ("messages", "notes"):
        assert (await support.post(path(request, what), body, STAFF)).status_code == 422
    assert await said(support, request) == []


async def test_of_a_draft_nobody_is_told(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    draft = (await support.post("/requests/drafts", wish(pledge))).json()
    assert (await support.post(path(draft), {"text": "Is this how?"})).status_code == 409
    assert (await support.post(path(draft), {"text": "Is this how?"}, STAFF)).status_code == 404
    assert (await support.post(path(draft, "withdraw"), seen=1)).status_code == 200
    assert (await support.post(path(draft), {"text": "Why not?"})).status_code == 409
    assert await said(support, draft, bearer(FOCAL_POINT)) == []
    assert "request.reply.v1" not in await support.events()


async def test_of_one_that_waits_for_its_pledge_staff_hear_when_it_is_theirs(support: Support, pledge: UUID) -> None:
    request = await support.opened(pledge)
    assert request["state"] == "pending_pledge"
    assert (await support.post(path(request), {"text": "It is urgent."})).status_code == 201
    assert "request.reply.v1" not in await support.events()
    await support.hears(pledge)
    assert [one["text"] for one in await said(support, request)] == ["It is urgent."]
    await support.post(path(request), {"text": "Still."})
    assert (await support.events()).count("request.reply.v1") == 1


async def test_the_requester_cannot_hold_a_request_up(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    answer = await support.post(path(request), QUESTION)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["asks"])


async def test_pages_of_a_long_conversation(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    for number in range(5):
        await support.post(path(request, "notes" if number == 1 else "messages"), {"text": str(number)}, STAFF)
    for who, texts in ((STAFF, "01234"), (bearer(FOCAL_POINT), "0234")):
        seen, cursor = "", ""
        while cursor is not None:
            answer = await support.get(f"{path(request)}?limit=2{cursor and '&cursor=' + cursor}", who)
            seen += "".join(one["text"] for one in answer.json()["items"])
            cursor = answer.json()["next"]
        assert seen == texts
    stolen = (await support.get(f"{path(request)}?limit=2", STAFF)).json()["next"]
    assert (await support.get(f"{path(request)}?cursor={stolen}")).status_code == 422


async def test_after_the_end_there_is_time_for_a_last_word(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    await support.post(path(request, "withdraw"), seen=3)
    assert (await support.post(path(request), {"text": "Why?"}, STAFF)).status_code == 201
    support.service.set_clock(support.moment.business.replace(year=2025))
    answer = await support.post(path(request), {"text": "Hello?"})
    assert (answer.status_code, "new request" in answer.json()["detail"]) == (409, True)
    assert (await support.post(path(request, "notes"), {"text": "For the record."}, STAFF)).status_code == 201


async def test_the_same_message_twice_is_said_once(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    key = bearer(FOCAL_POINT) | {"Idempotency-Key": "one"}
    sent = [await support.service.client.post(path(request), json={"text": "Hello."}, headers=key) for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    assert len(await said(support, request)) == 1


async def test_events_hold_ids_only(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    await support.post(path(request), {"text": "A secret."}, STAFF)
    await support.post(path(request), {"text": "A secret."})
    told = [row for row in await support.service.outbox() if row.type in {"request.message.v1", "request.reply.v1"}]
    common = {
        "request_id": request["request_id"],
        "pledge_id": str(pledge),
        "entity_id": "veridia",
    }
    assert [(row.type, row.key, row.data) for row in told] == [
        ("request.message.v1", request["request_id"], common | {"number": 1}),
        ("request.reply.v1", request["request_id"], common | {"number": 2}),
    ]


async def test_staff_do_not_hear_of_what_waits_for_its_pledge(support: Support, pledge: UUID) -> None:
    request = await support.opened(pledge)
    assert (await support.post(path(request), {"text": "One more thing."})).status_code == 201
    assert await support.events() == []


async def test_what_was_said_cannot_be_changed(support: Support) -> None:
    grants = (
        "select table_name, string_agg(privilege_type, ',' order by privilege_type) as may"
        " from information_schema.role_table_grants where grantee = 'network_support'"
        " and table_name in ('message', 'mail_in', 'reply_address') group by table_name"
    )
    assert {row["may"] for row in await support.service.rows(grants)} == {"INSERT,SELECT"}


async def test_what_a_mail_says_is_asked_at_the_moment_of_sending(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge, "needs_info")
    wanted = {"request_id": request["request_id"], "number": 1, "person_id": FOCAL_POINT}
    first = await support.post("/messages/resolve", wanted, MACHINE)
    assert (first.json()["text"], first.json()["language"]) == ("Which consulates?", "en")
    assert first.headers["cache-control"] == "no-store"
    again = await support.post("/messages/resolve", wanted, MACHINE)
    other = await support.post("/messages/resolve", wanted | {"person_id": DELEGATE}, MACHINE)
    assert first.json()["reply_to"] == again.json()["reply_to"] != other.json()["reply_to"]
    assert "amina" not in first.json()["reply_to"]
    asker = {"request_id": request["request_id"], "number": 1}
    assert (await support.post("/messages/resolve", asker, MACHINE)).json() == first.json()
    nobody = wanted | {"request_id": str(pledge)}
    assert (await support.post("/messages/resolve", nobody, MACHINE)).status_code == 404
    assert (await support.post("/messages/resolve", wanted, STAFF)).status_code == 403
