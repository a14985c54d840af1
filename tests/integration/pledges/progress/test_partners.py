"""Pledges of several entities: partners sign off or dissent, on it and on each report, and report themselves."""

from typing import Any

import pytest

from services.pledges.progress.schemas import EXAMPLE as REPORT
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.entities import REVIEWER, STAFF, add_entity, faults, give
from tests.support.tokens import bearer

TARIQ = bearer("tariq")  # of a city that is no partner unless a test says so
SIGNED = {"answer": "signed_off"}
DISSENT = {"answer": "dissented", "reason": "We pledged to eight posts, not twelve."}
PLAIN = {"status": "in_progress"}
JOINT = {"kind": "in_partnership", "partner_entities": ["kalmora"]}


@pytest.fixture
async def joint(desk: Desk) -> Desk:
    """Veridia and Kalmora with their people, and Tarela."""
    await add_entity(
        desk.service, entity_id="tarela", kind="local_government", names={"en": "Tarela"}, aliases=[], groups=[]
    )
    await give(desk.service, "tariq", entity_id="tarela")
    await give(desk.service, "kiki", "viewer", entity_id="kalmora")
    return desk


def answers(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["entity"]["entity_id"], one["answer"]) for one in found["sign_offs"]]


async def public(desk: Desk, pledge_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.get(f"/pledges/{pledge_id}")).json()
    return found


async def amended(desk: Desk, pledge_id: str, **changed: Any) -> None:
    """The next version, published."""
    path = f"/pledges/{pledge_id}"
    copy = await desk.get(f"{path}/working-copy", AMINA)
    saved = await desk.put(path, copy.json()["content"] | changed, seen=copy.headers["etag"])
    sent = await desk.post(f"{path}/submit", seen=saved.headers["etag"])
    done = await desk.post(f"{path}/publish", who=STAFF, seen=sent.headers["etag"])
    assert done.status_code == 200, done.text


async def test_a_partner_signs_off_and_later_dissents_and_both_stay(joint: Desk) -> None:
    pledge_id = await joint.published(**JOINT)
    path = f"/pledges/{pledge_id}"
    assert answers(await public(joint, pledge_id)) == [("kalmora", "awaited")]
    etag = (await joint.get(path)).headers["etag"]
    for said in (SIGNED, DISSENT):
        given = await joint.post(f"{path}/sign-off", said | {"version": 1}, KOFI)
        assert (given.status_code, given.json()["answer"]) == (200, said["answer"])
    [now] = (await public(joint, pledge_id))["sign_offs"]
    assert (now["answer"], now["reason"], now["at"][:10]) == ("dissented", DISSENT["reason"], "2024-09-02")
    after = (await joint.get(path)).headers["etag"]
    assert after != etag  # what a reader sees is another
    assert after.partition("-")[0] == etag.partition("-")[0]  # but it is no edit of the pledge
    [*_, told] = await joint.service.outbox("gcm.pledges")
    assert (told.type, told.data["change"]["fields"]) == ("pledge.signed_off.v1", ["sign_offs"])
    assert told.data["pledge"]["sign_offs"] == [now]
    said = (await joint.get(f"{path}/sign-offs")).json()["items"]
    assert [(one["answer"], one["version"], one["update"]) for one in said] == [
        ("dissented", 1, None),
        ("signed_off", 1, None),
    ]
    assert "kofi" not in (await joint.get(f"{path}/sign-offs")).text


@pytest.mark.parametrize(
    ("who", "status"), [(AMINA, 403), (VERA, 403), (TARIQ, 403), (bearer("kiki"), 403), (STAFF, 403), ({}, 401)]
)
async def test_nobody_signs_who_is_no_partner(joint: Desk, who: dict[str, str], status: int) -> None:
    """The pledge's own entity among them: it made the pledge, so it has nothing to sign."""
    pledge_id = await joint.published(**JOINT)
    before = await joint.counts()
    for path in (f"/pledges/{pledge_id}/sign-off", f"/pledges/{await joint.published()}/sign-off"):
        refused = await joint.post(path, SIGNED, who)
        assert refused.status_code == status, refused.text
    assert (await joint.counts())["public_history"] == before["public_history"] + 1  # of the second publication


async def test_what_is_not_published_seems_not_to_exist_and_what_is_closed_stays(joint: Desk) -> None:
    draft = (await joint.create(**JOINT)).json()["pledge_id"]
    assert (await joint.post(f"/pledges/{draft}/sign-off", SIGNED, KOFI)).status_code == 404
    assert (await joint.post(f"/pledges/{draft}/sign-off", SIGNED, AMINA)).status_code == 409
    pledge_id = await joint.published(**JOINT)
    await joint.post(f"/pledges/{pledge_id}/close", {"reason": "ended"}, seen=await joint.etag(pledge_id))
    assert (await joint.post(f"/pledges/{pledge_id}/sign-off", SIGNED, KOFI)).status_code == 409
    assert (await joint.get("/me/sign-offs", KOFI)).json()["items"] == []


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no answer": ({}, "answer"),
    "awaited is no answer": ({"answer": "awaited"}, "answer"),
    "dissent without a reason": ({"answer": "dissented", "reason": " "}, "body"),
    "2,001 characters": (DISSENT | {"reason": "x" * 2_001}, "reason"),
    "NUL": (DISSENT | {"reason": "\x00"}, "reason"),
    "an older version": (SIGNED | {"version": 2}, "version"),
    "no version": (SIGNED | {"version": 0}, "version"),
    "no entity's id": (SIGNED | {"entity_id": "Kalmora!"}, "entity_id"),
    "more": (SIGNED | {"by": "kofi"}, "by"),
}


@pytest.mark.parametrize(("said", "field"), BAD.values(), ids=BAD.keys())
async def test_a_bad_answer_is_refused_by_field(joint: Desk, said: dict[str, Any], field: str) -> None:
    pledge_id = await joint.published(**JOINT)
    before = await joint.counts()
    refused = await joint.post(f"/pledges/{pledge_id}/sign-off", said, KOFI)
    assert (refused.status_code, set(faults(refused))) == (422, {field}), refused.text
    assert await joint.counts() == before
    assert answers(await public(joint, pledge_id)) == [("kalmora", "awaited")]


async def test_who_acts_for_two_partners_says_for_which(joint: Desk) -> None:
    await give(joint.service, "kofi", entity_id="tarela")
    pledge_id = await joint.published(**JOINT | {"partner_entities": ["kalmora", "tarela"]})
    path = f"/pledges/{pledge_id}/sign-off"
    assert faults(await joint.post(path, SIGNED, KOFI)).keys() == {"entity_id"}
    assert (await joint.post(path, SIGNED | {"entity_id": "veridia"}, KOFI)).status_code == 403
    assert (await joint.post(path, SIGNED | {"entity_id": "tarela"}, KOFI)).status_code == 200
    assert answers(await public(joint, pledge_id)) == [("kalmora", "awaited"), ("tarela", "signed_off")]
    assert faults(await joint.post(f"/pledges/{pledge_id}/updates", PLAIN, KOFI)).keys() == {"entity_id"}


async def test_a_new_text_awaits_every_answer_anew_and_a_new_partner_only_its_own(joint: Desk) -> None:
    pledge_id = await joint.published(**JOINT)
    await joint.post(f"/pledges/{pledge_id}/sign-off", SIGNED, KOFI)
    await amended(joint, pledge_id, partner_entities=["kalmora", "tarela"])
    assert answers(await public(joint, pledge_id)) == [("kalmora", "signed_off"), ("tarela", "awaited")]
    await amended(joint, pledge_id, description="At sixteen posts, up from four.")
    assert answers(await public(joint, pledge_id)) == [("kalmora", "awaited"), ("tarela", "awaited")]
    stale = await joint.post(f"/pledges/{pledge_id}/sign-off", SIGNED | {"version": 2}, KOFI)
    assert (stale.status_code, set(faults(stale))) == (422, {"version"})
    await amended(joint, pledge_id, partner_entities=["tarela"])
    assert answers(await public(joint, pledge_id)) == [("tarela", "awaited")]
    assert (await joint.post(f"/pledges/{pledge_id}/sign-off", SIGNED, KOFI)).status_code == 403
    first = (await joint.get(f"/pledges/{pledge_id}/versions/2")).json()
    assert answers(first) == [("kalmora", "signed_off"), ("tarela", "awaited")]
    assert len((await joint.get(f"/pledges/{pledge_id}/sign-offs")).json()["items"]) == 1


async def test_a_partner_reports_and_the_others_answer(joint: Desk) -> None:
    pledge_id = await joint.published(**JOINT | {"partner_entities": ["kalmora", "tarela"]})
    path = f"/pledges/{pledge_id}/updates"
    done = await joint.post(path, REPORT, KOFI)
    assert done.status_code == 201, done.text
    assert done.json()["reporter"]["entity_id"] == "kalmora"
    assert answers(done.json()) == [("veridia", "awaited"), ("tarela", "awaited")]
    assert (await joint.post(f"{path}/1/sign-off", SIGNED, KOFI)).status_code == 403  # who reported has nothing to sign
    assert (await joint.post(f"{path}/1/sign-off", SIGNED, AMINA)).status_code == 200
    assert (await joint.post(f"{path}/1/sign-off", DISSENT, TARIQ)).status_code == 200
    assert (await joint.post(f"{path}/2/sign-off", DISSENT, TARIQ)).status_code == 404
    [listed] = (await joint.get(path)).json()["items"]
    assert sorted(answers(listed)) == [("tarela", "dissented"), ("veridia", "signed_off")]
    [*_, told] = await joint.service.outbox("gcm.pledges")
    assert (told.type, told.data["change"]["fields"]) == ("pledge.signed_off.v1", ["progress"])
    assert answers(await public(joint, pledge_id)) == [("kalmora", "awaited"), ("tarela", "awaited")]


@pytest.mark.parametrize("who", [TARIQ, bearer("kiki"), REVIEWER, STAFF])
async def test_nobody_else_reports(joint: Desk, who: dict[str, str]) -> None:
    pledge_id = await joint.published(**JOINT)
    before = await joint.counts()
    assert (await joint.post(f"/pledges/{pledge_id}/updates", PLAIN, who)).status_code == 403
    assert await joint.counts() == before


async def test_only_who_reported_corrects_and_what_is_corrected_awaits_nothing(joint: Desk) -> None:
    pledge_id = await joint.published(**JOINT)
    path = f"/pledges/{pledge_id}/updates"
    await joint.post(path, PLAIN)
    other = await joint.post(path, PLAIN | {"corrects": 1}, KOFI)
    assert faults(other) == {"corrects": "was reported by another entity"}
    await joint.post(path, PLAIN | {"corrects": 1})
    assert (await joint.post(f"{path}/1/sign-off", SIGNED, KOFI)).status_code == 409
    awaited = (await joint.get("/me/sign-offs", KOFI)).json()["items"]
    assert [(one["update"], one["version"], one["partner_id"]) for one in awaited] == [
        (2, 1, "kalmora"),
        (None, 1, "kalmora"),
    ]


async def test_what_awaits_my_answer_is_listed_until_it_is_given(joint: Desk) -> None:
    pledges = [await joint.published(**JOINT) for _ in range(3)]
    first = (await joint.get("/me/sign-offs?limit=2", KOFI)).json()
    rest = (await joint.get(f"/me/sign-offs?limit=2&cursor={first['next']}", KOFI)).json()
    assert [one["pledge_id"] for one in first["items"] + rest["items"]] == pledges[::-1]
    assert rest["next"] is None
    await joint.post(f"/pledges/{pledges[0]}/sign-off", SIGNED, KOFI)
    assert [one["pledge_id"] for one in (await joint.get("/me/sign-offs", KOFI)).json()["items"]] == pledges[:0:-1]
    for who in (AMINA, TARIQ, STAFF):
        assert (await joint.get("/me/sign-offs", who)).json()["items"] == []


@pytest.mark.parametrize(
    ("named", "field"),
    [
        (["veridia"], "partner_entities.0"),
        (["kalmora", "atlantis"], "partner_entities.1"),
        (["kalmora", "kalmora"], "partner_entities"),
    ],
)
async def test_who_cannot_be_a_partner(joint: Desk, named: list[str], field: str) -> None:
    before = await joint.counts()
    refused = await joint.create(partner_entities=named)
    assert (refused.status_code, set(faults(refused))) == (422, {field})
    assert await joint.counts() == before
