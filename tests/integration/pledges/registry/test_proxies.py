"""Pledges that one entity files in the name of another."""

from typing import Any

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.entities import REVIEWER, STAFF, add_entity, faults, give
from tests.support.tokens import bearer

TARIQ = bearer("tariq")
KIKI = bearer("kiki")
FILED = EXAMPLE | {"entity_id": "veridia", "proxy_entity_id": "kalmora"}
ACCEPTED = {"answer": "accepted"}
REFUSED = {"answer": "refused", "reason": "We shall name eight posts, not twelve."}


@pytest.fixture
async def filed(desk: Desk) -> Desk:
    """Kalmora, where Kofi writes and Kiki reads, and Tarela beside it."""
    await add_entity(
        desk.service, entity_id="tarela", kind="local_government", names={"en": "Tarela"}, aliases=[], groups=[]
    )
    await give(desk.service, "tariq", entity_id="tarela")
    await give(desk.service, "kiki", "viewer", entity_id="kalmora")
    return desk


async def submitted(desk: Desk) -> httpx.Response:
    made = await desk.post("/pledges", FILED | {"submit": True}, KOFI)
    assert made.status_code == 201, made.text
    return made


async def answered(
    desk: Desk, copy: httpx.Response, said: dict[str, str], who: dict[str, str] = AMINA
) -> httpx.Response:
    return await desk.post(f"{path_of(copy)}/proxy-answer", said, who, seen=copy.headers["etag"])


def path_of(copy: httpx.Response) -> str:
    return f"/pledges/{copy.json()['pledge_id']}"


async def test_it_is_published_once_its_entity_has_accepted_it(filed: Desk) -> None:
    made = await submitted(filed)
    assert made.json()["proxy"] == {"entity_id": "kalmora", "answer": "asked"}
    early = await filed.post(f"{path_of(made)}/publish", who=STAFF, seen=made.headers["etag"])
    assert early.status_code == 409
    assert "has not accepted it yet" in early.json()["detail"]
    accepted = await answered(filed, made, ACCEPTED)
    assert (accepted.json()["state"], accepted.json()["proxy"]["answer"]) == ("submitted", "accepted")
    done = await filed.post(f"{path_of(made)}/publish", who=STAFF, seen=accepted.headers["etag"])
    assert done.status_code == 200, done.text
    public = (await filed.get(path_of(made))).json()
    assert (public["entity"]["entity_id"], public["proxy"]["entity_id"]) == ("veridia", "kalmora")
    [told] = await filed.service.outbox("gcm.pledges")
    assert told.data["pledge"]["proxy"]["name"] == "Kalmora"
    steps = (await filed.get(f"{path_of(made)}/working-copy", KOFI)).json()["steps"]
    assert [(step["action"], step["by"]) for step in steps] == [
        ("published", "network_staff"),
        ("proxy_accepted", "focal_point"),
        ("submitted", "proxy"),
    ]


async def test_what_its_entity_refuses_is_amended_and_asked_again(filed: Desk) -> None:
    made = await submitted(filed)
    back = await answered(filed, made, REFUSED)
    assert (back.json()["state"], back.json()["proxy"]["answer"]) == ("changes_requested", "refused")
    [step, *_] = (await filed.get(f"{path_of(made)}/working-copy", KOFI)).json()["steps"]
    assert (step["action"], step["reason"], step["asked"]) == ("proxy_refused", REFUSED["reason"], [])
    saved = await filed.put(path_of(made), EXAMPLE | {"title": "Eight posts"}, KOFI, seen=back.headers["etag"])
    assert saved.json()["proxy"]["answer"] == "asked"
    sent = await filed.post(f"{path_of(made)}/submit", who=KOFI, seen=saved.headers["etag"])
    accepted = await answered(filed, sent, ACCEPTED)
    assert (await filed.post(f"{path_of(made)}/publish", who=STAFF, seen=accepted.headers["etag"])).status_code == 200


async def test_what_the_proxy_changes_after_that_has_to_be_accepted_anew(filed: Desk) -> None:
    made = await filed.post("/pledges", FILED, KOFI)
    accepted = await answered(filed, made, ACCEPTED)
    same = await filed.put(path_of(made), EXAMPLE, KOFI, seen=accepted.headers["etag"])
    assert same.json()["proxy"]["answer"] == "accepted"  # nothing differs
    saved = await filed.put(path_of(made), EXAMPLE | {"title": "Others"}, KOFI, seen=same.headers["etag"])
    sent = await filed.post(f"{path_of(made)}/submit", who=KOFI, seen=saved.headers["etag"])
    assert sent.json()["proxy"]["answer"] == "asked"
    assert (await filed.post(f"{path_of(made)}/publish", who=STAFF, seen=sent.headers["etag"])).status_code == 409


async def test_what_its_entity_writes_and_submits_itself_it_has_accepted(filed: Desk) -> None:
    made = await filed.post("/pledges", FILED, KOFI)
    saved = await filed.put(path_of(made), EXAMPLE | {"title": "Ours"}, AMINA, seen=made.headers["etag"])
    sent = await filed.post(f"{path_of(made)}/submit", who=AMINA, seen=saved.headers["etag"])
    assert sent.json()["proxy"]["answer"] == "accepted"
    assert (await filed.post(f"{path_of(made)}/publish", who=STAFF, seen=sent.headers["etag"])).status_code == 200


async def test_both_sides_find_it_among_their_own(filed: Desk) -> None:
    made = await submitted(filed)
    for who in (AMINA, VERA, KOFI, KIKI):
        [item] = (await filed.get("/me/pledges", who)).json()["items"]
        assert item["proxy"] == {"entity_id": "kalmora", "answer": "asked"}
        assert (await filed.get(f"{path_of(made)}/working-copy", who)).status_code == 200
    assert (await filed.get("/me/pledges", TARIQ)).json()["items"] == []
    assert (await filed.get(f"{path_of(made)}/working-copy", TARIQ)).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [(KOFI, 403), (KIKI, 403), (VERA, 403), (TARIQ, 404), (STAFF, 403), (REVIEWER, 403), ({}, 401)]
)
@pytest.mark.parametrize("said", [ACCEPTED, REFUSED])
async def test_only_its_entity_answers(filed: Desk, said: dict[str, str], who: dict[str, str], status: int) -> None:
    made = await submitted(filed)
    before = await filed.counts()
    assert (await answered(filed, made, said, who)).status_code == status
    assert await filed.counts() == before


@pytest.mark.parametrize(("who", "status"), [(KIKI, 403), (TARIQ, 404)])
async def test_only_those_who_file_it_and_its_entity_write(filed: Desk, who: dict[str, str], status: int) -> None:
    made = await filed.post("/pledges", FILED, KOFI)
    assert (await filed.put(path_of(made), EXAMPLE, who, seen=made.headers["etag"])).status_code == status
    assert (await filed.post(f"{path_of(made)}/submit", who=who, seen=made.headers["etag"])).status_code == status
    assert (await filed.post("/pledges", FILED, who)).status_code == 403


async def test_who_filed_it_neither_closes_it_nor_reports_on_it(filed: Desk) -> None:
    made = await submitted(filed)
    accepted = await answered(filed, made, ACCEPTED)
    done = await filed.post(f"{path_of(made)}/publish", who=STAFF, seen=accepted.headers["etag"])
    closing = await filed.post(f"{path_of(made)}/close", {"reason": "ended"}, KOFI, seen=done.headers["etag"])
    assert closing.status_code == 403
    assert (await filed.post(f"{path_of(made)}/updates", {"status": "planning"}, KOFI)).status_code == 403


@pytest.mark.parametrize(
    ("proxy", "field"), [("veridia", "proxy_entity_id"), ("atlantis", "proxy_entity_id"), ("No id", "proxy_entity_id")]
)
async def test_who_cannot_file_it(filed: Desk, proxy: str, field: str) -> None:
    before = await filed.counts()
    for who in (AMINA, KOFI):
        refused = await filed.post("/pledges", FILED | {"proxy_entity_id": proxy}, who)
        assert (refused.status_code, set(faults(refused))) == (422, {field}), refused.text
    assert await filed.counts() == before


BAD: dict[str, tuple[dict[str, Any], int]] = {
    "no answer": ({}, 422),
    "another answer": ({"answer": "asked"}, 422),
    "refused without a reason": ({"answer": "refused"}, 422),
    "2,001 characters": (REFUSED | {"reason": "x" * 2_001}, 422),
}


@pytest.mark.parametrize(("said", "status"), BAD.values(), ids=BAD.keys())
async def test_a_bad_answer(filed: Desk, said: dict[str, str], status: int) -> None:
    made = await submitted(filed)
    before = await filed.counts()
    assert (await answered(filed, made, said)).status_code == status
    assert await filed.counts() == before


async def test_an_answer_is_to_what_was_seen_and_to_nothing_else(filed: Desk) -> None:
    made = await filed.post("/pledges", FILED, KOFI)
    await filed.put(path_of(made), EXAMPLE | {"title": "Others"}, KOFI, seen=made.headers["etag"])
    assert (await answered(filed, made, ACCEPTED)).status_code == 412
    own = await filed.create(submit=True)
    assert (await answered(filed, own, ACCEPTED)).status_code == 409
