"""Who is asked to sign off, to accept, or is told that evidence was declined: events of ids, once for each of them."""

from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, Desk
from tests.integration.pledges.progress.test_partners import JOINT, amended
from tests.integration.pledges.registry.test_proxies import ACCEPTED, FILED, REFUSED, answered, path_of
from tests.support.entities import STAFF, add_entity, give
from tests.support.tokens import bearer

TARIQ = bearer("tariq")
DECLINED = {"answer": "declined", "reason": "The page says four posts."}
EVIDENT = {
    "status": "in_progress",
    "summary": "Six posts.",
    "evidence": [{"url": "https://posts.example"}],
    "ask_confirmation": True,
}


@pytest.fixture
async def tarela(desk: Desk) -> None:
    await add_entity(desk.service, entity_id="tarela", kind="local_government", names={"en": "Tarela"}, groups=[])
    await give(desk.service, "tariq", entity_id="tarela")


async def told(desk: Desk, kind: str) -> list[dict[str, Any]]:
    rows = await desk.service.outbox("gcm.pledges.workflow")
    return [row.data for row in rows if row.type == f"pledge.{kind}.v1"]


async def asked(desk: Desk) -> list[tuple[str, int, int | None]]:
    """Whose answer is awaited, to which version, to which report; in order."""
    return [(one["entity_id"], one["version"], one["update"]) for one in await told(desk, "sign_off_asked")]


@pytest.mark.usefixtures("tarela")
async def test_partners_are_asked_about_each_text_once(desk: Desk) -> None:
    pledge_id = await desk.published(**JOINT)
    assert await asked(desk) == [("kalmora", 1, None)]
    await amended(desk, pledge_id, partner_entities=["kalmora", "tarela"])  # the text stays: who was asked was asked
    assert await asked(desk) == [("kalmora", 1, None), ("tarela", 2, None)]
    await desk.post(f"/pledges/{pledge_id}/sign-off", {"answer": "signed_off"}, KOFI)
    await amended(desk, pledge_id, title="Another text")
    assert (await asked(desk))[2:] == [("kalmora", 3, None), ("tarela", 3, None)]
    assert set((await told(desk, "sign_off_asked"))[0]) == {"pledge_id", "entity_id", "version", "update"}


@pytest.mark.usefixtures("tarela")
async def test_of_a_report_all_others_are_asked(desk: Desk) -> None:
    pledge_id = await desk.published(kind="in_partnership", partner_entities=["kalmora", "tarela"])
    before = len(await asked(desk))
    for who in (AMINA, KOFI):
        assert (await desk.post(f"/pledges/{pledge_id}/updates", {"status": "delayed"}, who)).status_code == 201
    assert sorted((await asked(desk))[before:], key=str) == [
        *(("kalmora", 1, 1), ("tarela", 1, 1), ("tarela", 1, 2), ("veridia", 1, 2))
    ]


async def test_a_pledge_of_one_entity_asks_nobody(desk: Desk) -> None:
    pledge_id = await desk.published()
    await desk.post(f"/pledges/{pledge_id}/updates", {"status": "delayed"})
    assert await asked(desk) == []


async def test_the_entity_is_asked_to_accept_what_another_one_submits(desk: Desk) -> None:
    draft = await desk.post("/pledges", FILED, KOFI)
    assert await told(desk, "acceptance_asked") == []  # of a draft nobody hears
    sent = await desk.post(f"{path_of(draft)}/submit", who=KOFI, seen=draft.headers["etag"])
    [one], [submitted] = await told(desk, "acceptance_asked"), await told(desk, "submitted")
    assert (one["entity_id"], one["filed_by"], one["state"]) == ("veridia", "kalmora", "submitted")
    assert (submitted["entity_id"], submitted["filed_by"]) == ("veridia", "kalmora")
    back = await answered(desk, sent, REFUSED)
    saved = await desk.put(path_of(draft), EXAMPLE | {"title": "Eight posts"}, KOFI, seen=back.headers["etag"])
    await desk.post(f"{path_of(draft)}/submit", who=KOFI, seen=saved.headers["etag"])
    assert len(await told(desk, "acceptance_asked")) == 2
    assert REFUSED["reason"] not in str(await desk.service.outbox())


async def test_what_was_accepted_or_is_its_own_is_not_asked(desk: Desk) -> None:
    draft = await desk.post("/pledges", FILED, KOFI)
    accepted = await answered(desk, draft, ACCEPTED)
    await desk.post(f"{path_of(draft)}/submit", who=KOFI, seen=accepted.headers["etag"])
    other = await desk.post("/pledges", FILED | {"title": "Ours"}, KOFI)
    await desk.post(f"{path_of(other)}/submit", who=AMINA, seen=other.headers["etag"])
    await desk.create(submit=True)
    assert await told(desk, "acceptance_asked") == []
    assert [one["filed_by"] for one in await told(desk, "submitted")] == ["kalmora", None, None]


async def test_one_request_that_files_and_submits_asks_at_once(desk: Desk) -> None:
    assert (await desk.post("/pledges", FILED | {"submit": True}, KOFI)).status_code == 201
    assert [one["filed_by"] for one in await told(desk, "acceptance_asked")] == ["kalmora"]


@pytest.mark.parametrize(("who", "entity"), [(AMINA, "veridia"), (KOFI, "kalmora")])
async def test_who_reported_is_told_that_the_evidence_was_declined(
    desk: Desk, who: dict[str, str], entity: str
) -> None:
    pledge_id = await desk.published(**JOINT)
    path = f"/pledges/{pledge_id}/updates"
    assert (await desk.post(path, EVIDENT, who)).status_code == 201
    await desk.post(f"{path}/1/check", {"answer": "confirmed"}, STAFF)
    assert await told(desk, "evidence_declined") == []
    answer = await desk.post(f"{path}/1/check", DECLINED, STAFF)
    assert answer.status_code == 200, answer.text
    assert await told(desk, "evidence_declined") == [{"pledge_id": pledge_id, "entity_id": entity, "update": 1}]
    assert DECLINED["reason"] not in str(await desk.service.outbox())


@pytest.mark.parametrize("said", [{"answer": "declined", "reason": " "}, {"answer": "declined"}, {"answer": "no"}])
async def test_what_is_refused_tells_nobody(desk: Desk, said: dict[str, str]) -> None:
    pledge_id = await desk.published()
    await desk.post(f"/pledges/{pledge_id}/updates", EVIDENT)
    assert (await desk.post(f"/pledges/{pledge_id}/updates/1/check", said, STAFF)).status_code == 422
    assert (await desk.post(f"/pledges/{pledge_id}/updates/1/check", DECLINED, KOFI)).status_code == 403
    assert await told(desk, "evidence_declined") == []
