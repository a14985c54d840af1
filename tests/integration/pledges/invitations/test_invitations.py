"""Invitations by mail: made, listed, sent again, withdrawn, accepted once; and what is left of them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.pledges.invitations import commands, tickets
from services.pledges.invitations.lifecycle import LIFE, MOST_OPEN, MOST_SENT
from services.pledges.progress.sealing import Grant
from tests.support.api import SEAL, START, Service, once
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF, add_entity, end, faults, give, made
from tests.support.tokens import bearer

AMINA, DORA = bearer("amina"), bearer("dora")
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("amina")
WISH = {"role": "delegate", "address": "dora@demo.invalid", "language": "fr"}
PATH = "/entities/veridia/invitations"


@pytest.fixture
async def amina(pledges: Service) -> dict[str, Any]:
    """Her membership as focal point of Veridia."""
    await add_entity(pledges)
    return await give(pledges, "amina")


async def invite(pledges: Service, who: dict[str, str] = AMINA, **changed: Any) -> httpx.Response:
    return await pledges.client.post(PATH, json=WISH | changed, headers=once(who))


async def mailed(pledges: Service, invitation_id: str) -> dict[str, Any]:
    """What our mailer is told."""
    body = {"invitation_id": invitation_id}
    return await made(pledges.client.post("/contacts/invited", json=body, headers=MACHINE))


async def link(pledges: Service, **changed: Any) -> tuple[str, str]:
    """The id of a new invitation, and the token that went out by mail."""
    invitation_id = (await made(invite(pledges, **changed)))["invitation_id"]
    return invitation_id, (await mailed(pledges, invitation_id))["token"]


async def accept(pledges: Service, token: str, who: dict[str, str] = DORA, **said: Any) -> httpx.Response:
    return await pledges.client.post("/invitations/accept", json={"token": token, **said}, headers=once(who))


async def state(pledges: Service, token: str) -> str:
    return str((await made(pledges.client.post("/invitations/check", json={"token": token})))["state"])


async def listed(pledges: Service) -> list[tuple[str, str | None]]:
    items = (await made(pledges.client.get(PATH, headers=AMINA)))["items"]
    return [(item["state"], item["address"]) for item in items]


async def roles(pledges: Service, person: str) -> list[str]:
    answer = await made(pledges.client.get("/me/memberships", headers=bearer(person)))
    return [membership["role"] for membership in answer["memberships"]]


async def kept_anywhere(pledges: Service, word: str) -> list[str]:
    """The tables that hold it."""
    tables = await pledges.rows("select tablename from pg_tables where schemaname = 'public'")
    found = []
    for name in (row["tablename"] for row in tables):
        query = f"select count(*) as n from {name} t where t::text like :word"  # noqa: S608
        [row] = await pledges.rows(query, word=f"%{word}%")
        found += [name] if row["n"] else []
    return found


async def test_who_is_invited_accepts_and_is_a_member(pledges: Service) -> None:
    until = (START + 90 * DAY).isoformat()
    invitation_id, token = await link(pledges, until=until)
    [event] = await pledges.outbox("gcm.pledges.workflow")
    assert (event.type, event.data) == (
        "invitation.issued.v1",
        {"invitation_id": invitation_id, "entity_id": "veridia"},
    )
    shown = await made(pledges.client.post("/invitations/check", json={"token": token}))
    assert (shown["state"], shown["role"], shown["entity"]["name"]) == ("open", "delegate", "Veridia")
    given = await made(accept(pledges, token, name="Dora"))
    assert given["until"].startswith((START + 90 * DAY).date().isoformat())
    assert (await roles(pledges, "dora"), await state(pledges, token)) == (["delegate"], "used")
    contact = (await made(pledges.client.get("/me", headers=DORA)))["contact"]
    assert (contact["address"], contact["language"], contact["name"]) == ("dora@demo.invalid", "fr", "Dora")
    steps = await pledges.rows("select action, person_id from entity_history where entity_id = 'veridia'")
    assert ("membership_given", "dora") in [tuple(step.values()) for step in steps]


async def test_the_address_is_kept_only_while_it_is_open(pledges: Service) -> None:
    invitation_id, token = await link(pledges)
    assert await kept_anywhere(pledges, "dora@") == ["invitation"]
    await made(accept(pledges, token))
    assert await kept_anywhere(pledges, "dora@") == []
    assert await listed(pledges) == [("used", None)]
    assert await mailed(pledges, invitation_id) == {"reachable": False, "reason": "over"}


async def test_what_went_out_by_mail_is_kept_nowhere(pledges: Service) -> None:
    _, token = await link(pledges)
    await made(accept(pledges, token))
    assert await kept_anywhere(pledges, token[20:60]) == []


async def test_an_invitation_is_accepted_once(pledges: Service) -> None:
    _, token = await link(pledges)
    await made(accept(pledges, token))
    for who in (DORA, bearer("eve")):
        answer = await accept(pledges, token, who)
        assert (answer.status_code, "accepted already" in answer.json()["detail"]) == (409, True)
    assert await roles(pledges, "eve") == []


async def test_of_two_who_accept_at_once_one_does(pledges: Service) -> None:
    _, token = await link(pledges)
    answers = await asyncio.gather(*(accept(pledges, token, bearer(person)) for person in ("dora", "eve", "finn")))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_repeated_acceptance_gets_the_same_answer(pledges: Service) -> None:
    _, token = await link(pledges)
    headers, body = once(DORA), {"token": token}
    answers = [await pledges.client.post("/invitations/accept", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_an_invitation_expires(pledges: Service) -> None:
    invitation_id, token = await link(pledges)
    late = pledges.clock.system()
    async with pledges.owner.transaction() as session:
        await session.execute(text("update invitation set expires_at = :at"), {"at": late})
    assert await state(pledges, token) == "expired"
    answer = await accept(pledges, token)
    assert (answer.status_code, "has passed" in answer.json()["detail"]) == (410, True)
    assert await listed(pledges) == [("expired", None)]
    assert (await pledges.client.post(f"{PATH}/{invitation_id}/resend", headers=once(AMINA))).status_code == 409
    async with pledges.database.transaction() as session:
        await commands.tidy(session, pledges.clock.moment())
    assert await kept_anywhere(pledges, "dora@") == []


async def test_an_invitation_to_what_would_be_over_expires_too(pledges: Service) -> None:
    _, token = await link(pledges, until=(START + DAY).isoformat())
    pledges.set_clock(START + DAY)
    assert await state(pledges, token) == "expired"
    assert (await accept(pledges, token)).status_code == 410


async def test_an_invitation_is_withdrawn(pledges: Service) -> None:
    invitation_id, token = await link(pledges)
    path = f"{PATH}/{invitation_id}/revoke"
    assert (await made(pledges.client.post(path, headers=once(AMINA))))["state"] == "revoked"
    assert await kept_anywhere(pledges, "dora@") == []
    answer = await accept(pledges, token)
    assert (answer.status_code, "withdrawn" in answer.json()["detail"]) == (410, True)
    assert (await pledges.client.post(path, headers=once(AMINA))).status_code == 409
    assert await mailed(pledges, invitation_id) == {"reachable": False, "reason": "over"}


async def test_only_the_link_in_the_newest_mail_is_good(pledges: Service) -> None:
    invitation_id, token = await link(pledges)
    again = await made(pledges.client.post(f"{PATH}/{invitation_id}/resend", headers=once(AMINA)))
    assert again["sent"] == 2
    assert [event.type for event in await pledges.outbox("gcm.pledges.workflow")] == ["invitation.issued.v1"] * 2
    assert await state(pledges, token) == "replaced"
    answer = await accept(pledges, token)
    assert (answer.status_code, "newest mail" in answer.json()["detail"]) == (410, True)
    await made(accept(pledges, (await mailed(pledges, invitation_id))["token"]))


async def test_it_is_not_sent_for_ever(pledges: Service) -> None:
    invitation_id, _ = await link(pledges)
    path = f"{PATH}/{invitation_id}/resend"
    answers = [await pledges.client.post(path, headers=once(AMINA)) for _ in range(MOST_SENT)]
    assert [answer.status_code for answer in answers] == [200] * (MOST_SENT - 1) + [409]


@pytest.mark.parametrize("altered", ["", "x", "gAAAAABn", "cut", "swapped", "a report's"])
async def test_an_altered_link_is_refused(pledges: Service, altered: str) -> None:
    invitation_id, token = await link(pledges)
    now, number = pledges.clock.system(), UUID(invitation_id)
    grant = Grant(link_id=number, person_id="dora", pledge_id=number, until=now + LIFE)
    made_up = {
        "cut": token[:-1],
        "swapped": token[:30] + ("A" if token[30] != "A" else "B") + token[31:],
        "a report's": SEAL.token(grant, now),
    }
    for answer in (
        await accept(pledges, made_up.get(altered, altered)),
        await pledges.client.post("/invitations/check", json={"token": made_up.get(altered, altered)}),
    ):
        assert (answer.status_code, set(faults(answer))) == (422, {"token"})
    # and an invitation's link reports on nothing
    assert (await pledges.client.post("/links/check", json={"token": token})).status_code == 422


async def test_a_link_to_what_is_no_longer_kept(pledges: Service) -> None:
    gone = tickets.sealed(SEAL, UUID("01922f00-0000-7000-8000-000000000003"), 1, pledges.clock.system())
    assert (await accept(pledges, gone)).status_code == 410
    assert (await pledges.client.post("/invitations/check", json={"token": gone})).status_code == 410


async def test_who_has_the_role_already_leaves_the_invitation_open(pledges: Service) -> None:
    await give(pledges, "dora", "delegate")
    _, token = await link(pledges)
    assert (await accept(pledges, token)).status_code == 409
    assert await state(pledges, token) == "open"


async def test_who_has_a_contact_keeps_it(pledges: Service) -> None:
    body = {"name": "Dora D.", "address": "own@demo.invalid"}
    await made(pledges.client.put("/me/contact", json=body, headers=DORA | {"If-Match": '"0"'}))
    _, token = await link(pledges)
    await made(accept(pledges, token, name="Dora"))
    assert (await made(pledges.client.get("/me", headers=DORA)))["contact"]["address"] == "own@demo.invalid"


async def test_staff_invite_focal_points_and_focal_points_do_not(pledges: Service) -> None:
    assert (await invite(pledges, role="focal_point")).status_code == 403
    invitation_id = (await made(invite(pledges, STAFF, role="focal_point")))["invitation_id"]
    for step in ("resend", "revoke"):
        path = f"{PATH}/{invitation_id}/{step}"
        assert (await pledges.client.post(path, headers=once(AMINA))).status_code == 403
    await made(accept(pledges, (await mailed(pledges, invitation_id))["token"]))
    assert await roles(pledges, "dora") == ["focal_point"]


async def test_others_neither_invite_nor_see_who_is_invited(pledges: Service) -> None:
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await give(pledges, "kofi", entity_id="kalmora")
    await give(pledges, "vera", "delegate")
    invitation_id, _ = await link(pledges)
    people = {"nobody": {}, "kofi": bearer("kofi"), "vera": bearer("vera"), "rosa": REVIEWER, "service": MACHINE}
    for name, who in people.items():
        answers = [
            await invite(pledges, who, address="x@demo.invalid"),
            await pledges.client.get(PATH, headers=who),
            await pledges.client.post(f"{PATH}/{invitation_id}/revoke", headers=once(who)),
        ]
        assert [answer.status_code for answer in answers] == [401 if name == "nobody" else 403] * 3
        assert all("dora@" not in answer.text for answer in answers)
    other = f"/entities/kalmora/invitations/{invitation_id}/revoke"
    assert (await pledges.client.post(other, headers=once(bearer("kofi")))).status_code == 404
    for who in (AMINA, STAFF, ADMIN):
        body = {"invitation_id": invitation_id}
        assert (await pledges.client.post("/contacts/invited", json=body, headers=who)).status_code == 403
    assert await listed(pledges) == [("open", "dora@demo.invalid")]


async def test_an_address_is_invited_once_at_a_time(pledges: Service) -> None:
    answers = await asyncio.gather(invite(pledges), invite(pledges, address="Dora@Demo.invalid"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (await invite(pledges, role="viewer")).status_code == 201


async def test_an_entity_has_not_endless_invitations_open(pledges: Service) -> None:
    for number in range(MOST_OPEN):
        await made(invite(pledges, address=f"person-{number}@demo.invalid"))
    assert (await invite(pledges)).status_code == 409


async def test_invitations_by_page(pledges: Service) -> None:
    for number in range(3):
        await made(invite(pledges, address=f"person-{number}@demo.invalid"))
    first = await made(pledges.client.get(PATH, params={"limit": 2}, headers=AMINA))
    second = await made(pledges.client.get(PATH, params={"limit": 2, "cursor": first["next"]}, headers=AMINA))
    addresses = [item["address"] for item in first["items"] + second["items"]]
    assert (addresses, second["next"]) == ([f"person-{number}@demo.invalid" for number in (2, 1, 0)], None)


async def test_what_the_former_focal_point_began_is_forgotten(pledges: Service, amina: dict[str, Any]) -> None:
    await made(invite(pledges))
    await end(pledges, amina)
    async with pledges.database.transaction() as session:
        await commands.tidy(session, pledges.clock.moment())
    assert await kept_anywhere(pledges, "dora@") == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"role": "king"}, "role"),
        ({"address": "no address"}, "address"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "address"),
        ({"language": "de"}, "language"),
        ({"since": "yesterday"}, "since"),
        ({"until": (START - DAY).isoformat()}, "until"),
        ({"since": (START + 2 * DAY).isoformat(), "until": (START + DAY).isoformat()}, "until"),
        ({"person_id": "dora"}, "person_id"),
    ],
)
async def test_a_wrong_field_is_named(pledges: Service, changed: dict[str, Any], field: str) -> None:
    answer = await invite(pledges, **changed)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
    assert await pledges.rows("select * from invitation") == []
    assert await pledges.outbox("gcm.pledges.workflow") == []


async def test_only_those_that_are_open_now(pledges: Service) -> None:
    await made(invite(pledges, address="ends@demo.invalid", until=(START + DAY).isoformat()))
    _, token = await link(pledges, address="used@demo.invalid")
    await made(accept(pledges, token))
    for number in range(2):
        await made(invite(pledges, address=f"open-{number}@demo.invalid"))
    withdrawn = (await made(invite(pledges, address="late@demo.invalid")))["invitation_id"]
    await made(pledges.client.post(f"{PATH}/{withdrawn}/revoke", headers=once(AMINA)))
    pledges.set_clock(START + DAY)
    wanted = {"state": "open", "limit": "1"}
    first = await made(pledges.client.get(PATH, params=wanted, headers=AMINA))
    second = await made(pledges.client.get(PATH, params=wanted | {"cursor": first["next"]}, headers=AMINA))
    assert [one["address"] for one in first["items"] + second["items"]] == [f"open-{n}@demo.invalid" for n in (1, 0)]
    assert second["next"] is None
    other = await pledges.client.get(PATH, params={"cursor": first["next"]}, headers=AMINA)
    assert set(faults(other)) == {"cursor"}
    unknown = await pledges.client.get(PATH, params={"state": "lost"}, headers=AMINA)
    assert set(faults(unknown)) == {"state"}
