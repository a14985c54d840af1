"""Work items that other services raise: one a cause, in the same queues, done and reopened with a reason."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from shared.events.envelope import Data
from shared.events.messaging import DeadLetterBuried
from shared.events.notifications import ContactLost, ReminderUnreachable
from shared.events.people import LeadLeft
from tests.integration.network_support.support import REVIEWER, STAFF
from tests.integration.network_support.triage.desk import NORA, Desk
from tests.support.tokens import bearer


def lost(lost_id: UUID, entity: str = "veridia") -> ContactLost:
    return ContactLost(lost_id=lost_id, entity_id=entity, reason="hard_bounce")


def letter(service: str = "pledges", **changed: object) -> DeadLetterBuried:
    place = {"topic": "gcm.support", "partition": 1, "offset": 7, "event_id": uuid7()}
    named = {"service": service, "consumer": "support_status", "type": "support.requested.v1"}
    return DeadLetterBuried.model_validate({**place, **named, **changed})


FACTS: list[tuple[str, Data, str]] = [
    ("contact.lost.v1", lost(uuid7()), "contact_lost"),
    (
        "reminder.unreachable.v1",
        ReminderUnreachable(
            pledge_id=uuid7(), entity_id="veridia", milestone="plenary-2024", offset_days=-7, due_on=date(2024, 11, 28)
        ),
        "contact_lost",
    ),
    ("membership.lead_left.v1", LeadLeft(lead_left_id=uuid7(), entity_id="veridia"), "lead_left"),
    ("dead_letter.buried_by_pledges.v1", letter(), "dead_letter"),
    ("dead_letter.buried_by_notifications.v1", letter("notifications"), "dead_letter"),
    ("dead_letter.buried_by_network_support.v1", letter("network_support"), "dead_letter"),
]


@pytest.mark.parametrize(("type_", "fact", "kind"), FACTS)
async def test_a_fact_makes_one_item_however_often_it_is_told(desk: Desk, type_: str, fact: Data, kind: str) -> None:
    for _ in range(3):
        await desk.hears(type_, fact)
    [item] = (await desk.get("/queues/work_items"))["items"]
    assert (item["kind"], item["stage"], item["officer"]) == (kind, "waiting", None)
    assert item["entity_id"] == (None if kind == "dead_letter" else "veridia")
    assert await desk.ids("/queues/new") == [item["case_id"]]
    assert await desk.ids(f"/cases?kind={kind}") == [item["case_id"]]
    assert len((await desk.get(f"/work-items/{item['case_id']}"))["causes"]) == 1
    assert await desk.acts(item) == ["raised"]


async def test_a_contact_that_is_lost_again_joins_the_item_that_is_open(desk: Desk) -> None:
    for _ in range(3):
        await desk.hears("contact.lost.v1", lost(uuid7()))
    await desk.hears("contact.lost.v1", lost(uuid7(), "sorvenia"))
    veridia, sorvenia = sorted((await desk.get("/queues/work_items"))["items"], key=lambda one: one["entity_id"])[::-1]
    assert (await desk.acts(veridia), await desk.acts(sorvenia)) == (["raised", *["raised_again"] * 2], ["raised"])
    assert len((await desk.get(f"/work-items/{veridia['case_id']}"))["causes"]) == 3


async def test_each_dead_letter_is_decided_by_itself_and_again_when_a_replay_fails(desk: Desk) -> None:
    for changed in ({}, {"offset": 8}, {"consumer": "other"}, {"replays": 1}):
        await desk.hears("dead_letter.buried_by_pledges.v1", letter(**changed))
    assert len(await desk.ids("/queues/work_items")) == 4


async def _item(desk: Desk) -> dict[str, Any]:
    await desk.hears("contact.lost.v1", lost(UUID(int=7)))
    [item] = (await desk.get("/queues/work_items"))["items"]
    found: dict[str, Any] = item
    return found


async def test_it_is_taken_done_with_a_reason_and_reopened(desk: Desk) -> None:
    item = await _item(desk)
    assert (await desk.does("assign", item, officer="me")).json()["stage"] == "in_hand"
    assert await desk.ids("/queues/new") == []
    done = await _settle(desk, item, "done", reason="the ministry named her successor")
    assert (done.status_code, done.json()["stage"], done.json()["is_open"]) == (200, "done", False)
    assert await desk.ids("/queues/work_items") == []
    again = await _settle(desk, item, "reopen", reason="that mail bounced, too")
    assert (again.json()["stage"], again.json()["officer"]) == ("waiting", None)
    assert await desk.acts(item) == ["raised", "assigned", "done", "reopened"]
    assert (await desk.does("hand-back", item, reason="of nobody")).status_code == 409


async def test_what_was_done_stays_done_when_its_cause_is_told_again_and_a_new_cause_makes_a_new_item(
    desk: Desk,
) -> None:
    item = await _item(desk)
    await _settle(desk, item, "done", reason="settled")
    await desk.hears("contact.lost.v1", lost(UUID(int=7)))
    assert await desk.ids("/queues/work_items") == []
    await desk.hears("contact.lost.v1", lost(UUID(int=8)))
    assert len(await desk.ids("/queues/work_items")) == 1
    assert await desk.acts(item) == ["raised", "done"]


async def test_an_entity_has_one_open_item_also_when_an_older_one_is_reopened(desk: Desk) -> None:
    item = await _item(desk)
    await _settle(desk, item, "done", reason="settled")
    await desk.hears("contact.lost.v1", lost(UUID(int=8)))
    refused = await _settle(desk, item, "reopen", reason="that mail bounced, too")
    [open_now] = await desk.ids("/queues/work_items")
    assert refused.status_code == 409
    assert open_now in refused.json()["detail"]


async def test_what_the_stage_does_not_allow_is_a_conflict(desk: Desk, pledge: UUID) -> None:
    item = await _item(desk)
    assert (await _settle(desk, item, "reopen", reason="is open")).status_code == 409
    await _settle(desk, item, "done", reason="settled")
    assert (await _settle(desk, item, "done", reason="twice")).status_code == 409
    request = await desk.submitted(pledge)
    for act in ("done", "reopen"):
        assert (await _settle(desk, {"case_id": request["request_id"]}, act, reason="no item")).status_code == 409


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " \n"}, {"reason": "x" * 2001}, {"reason": 5}])
async def test_a_settlement_has_a_reason(desk: Desk, body: dict[str, object]) -> None:
    assert (await _settle(desk, await _item(desk), "done", **body)).status_code == 422


async def test_work_items_are_for_staff_alone(desk: Desk) -> None:
    item = await _item(desk)
    path = f"/work-items/{item['case_id']}"
    for headers in (bearer("amina"), REVIEWER, bearer("machine", "service")):
        assert (await desk.support.get(path, headers)).status_code == 403
        assert (await desk.support.post(f"{path}/done", {"reason": "no"}, headers, 1)).status_code == 403
    assert (await desk.support.get(f"/work-items/{uuid7()}", STAFF)).status_code == 404


async def test_rules_may_give_it_to_an_officer_without_its_being_begun(desk: Desk) -> None:
    await desk.knows("veridia", "region_africa")
    await desk.officer(STAFF, regions=["region_africa"])
    item = await _item(desk)
    assert (item["officer"], item["stage"], item["region"]) == (NORA, "waiting", "region_africa")


async def _settle(desk: Desk, item: dict[str, Any], act: str, **body: object) -> Any:
    seen = (await desk.case(item))["revision"]
    return await desk.support.post(f"/work-items/{item['case_id']}/{act}", body, STAFF, seen)
