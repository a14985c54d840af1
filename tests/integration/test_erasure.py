"""A person is erased in all three services: what was kept goes, histories stand, and an administrator sees how far."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.pledges.registry.content import EXAMPLE
from shared.messaging.inbox import Outcome, receive
from tests.support.api import Service, Services, Written, once
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF, add_entity, give, made, register
from tests.support.tokens import bearer

AMINA = bearer("amina")
WORDS = ("amina@demo.invalid", "Amina")  # what leads to her
NAMES = ("pledges", "network_support", "notifications")


@dataclass
class Three:
    """All services; what Kafka would carry is carried by hand, through the handlers that the consumers run."""

    services: dict[str, Service]
    pledge_id: str

    @property
    def pledges(self) -> Service:
        return self.services["pledges"]

    async def carry(self, topic: str, to: str) -> list[Outcome]:
        """All that was written for the topic so far, in order."""
        rows = [row for service in self.services.values() for row in await service.outbox(topic)]
        subscriptions = importlib.import_module(f"services.{to}.handlers").SUBSCRIPTIONS
        chosen = [one for one in subscriptions if one.topic == topic]
        return [await self._receive(self.services[to], one, row) for row in rows for one in chosen]

    async def _receive(self, service: Service, subscription: Any, row: Written) -> Outcome:
        [stored] = [one for other in self.services.values() for one in await _payloads(other, row)]
        record = SimpleNamespace(**stored, topic=row.topic, partition=0, offset=0, timestamp=0)
        async with service.database.transaction() as session:
            return await receive(session, subscription, cast(Any, record), service.clock.moment())

    async def status(self) -> dict[str, bool]:
        answer = await made(self.pledges.client.get("/people/amina/erasure", headers=ADMIN))
        assert answer["complete"] is all(one["at"] for one in answer["services"])
        return {one["service"]: bool(one["at"]) for one in answer["services"]}

    async def kept(self, words: Iterable[str]) -> list[str]:
        """The tables that hold one of the words."""
        found = []
        for name, service in self.services.items():
            tables = await service.rows("select tablename from pg_tables where schemaname = 'public'")
            for table in (row["tablename"] for row in tables):
                for word in words:
                    query = f"select count(*) as n from {table} t where t::text like :word"  # noqa: S608
                    [row] = await service.rows(query, word=f"%{word}%")
                    found += [f"{name}.{table}"] if row["n"] else []
        return sorted(set(found))


async def _payloads(service: Service, row: Written) -> list[dict[str, Any]]:
    found = await service.rows(
        "select event_id, type, key, payload, created_at from outbox where event_id = :id", id=row.id
    )
    return [
        {
            "key": one["key"].encode(),
            "value": one["payload"].encode(),
            "headers": (
                ("ce_id", str(one["event_id"]).encode()),
                ("ce_type", one["type"].encode()),
                ("ce_source", service.name.encode()),
                ("ce_time", one["created_at"].isoformat().encode()),
            ),
        }
        for one in found
    ]


@pytest.fixture
async def three(service: Services) -> Three:
    pledges = await service("pledges")
    asking = httpx.AsyncClient(transport=httpx.ASGITransport(pledges.app))
    others = {"network_support": await service("network_support", http=asking)}
    others["notifications"] = await service("notifications")
    await add_entity(pledges)
    await register(pledges, "amina")
    await give(pledges, "amina")
    body = EXAMPLE | {"entity_id": "veridia", "submit": True}
    pledge = await made(pledges.client.post("/pledges", json=body, headers=once(AMINA)))
    found = Three({"pledges": pledges, **others}, pledge["pledge_id"])
    wish = {"entity_id": "veridia", "pledge_id": found.pledge_id, "type": "knowledge_exchange", "text": "x"}
    await made(others["network_support"].client.post("/requests", json=wish | {"language": "en"}, headers=once(AMINA)))
    return found


async def test_an_erasure_reaches_all_three_services(three: Three) -> None:
    notifications = three.services["notifications"]
    async with notifications.owner.transaction() as session:
        await session.execute(
            text(
                "insert into delivery (id, cause, person_id, template, entity_id, facts, state, next_try_at, attempts,"
                " created_at) values (gen_random_uuid(), 'event:x', 'amina', 'pledge_published', 'veridia', '{}',"
                " 'queued', now(), 0, now())"
            )
        )
    begun = await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    assert (begun["complete"], begun["by"]) == (False, "administrator")
    assert await three.status() == {"pledges": True, "network_support": False, "notifications": False}
    [told] = [row for row in await three.pledges.outbox() if row.type == "person.erased.v1"]
    assert (told.topic, set(told.data)) == ("gcm.pledges.workflow", {"erasure_id", "person_id"})

    assert Outcome.HANDLED in await three.carry("gcm.pledges.workflow", "network_support")
    await three.carry("gcm.support.workflow", "pledges")
    assert await three.status() == {"pledges": True, "network_support": True, "notifications": False}
    await three.carry("gcm.pledges.workflow", "notifications")
    await three.carry("gcm.notifications.workflow", "pledges")
    assert await three.status() == dict.fromkeys(NAMES, True)

    assert await three.kept(WORDS) == []
    for service in three.services.values():
        assert await service.rows("select * from idempotency where person = 'amina'") == []
    [delivery] = await notifications.rows("select state, reason from delivery where template = 'pledge_published'")
    assert delivery == {"state": "suppressed", "reason": "person_erased"}


async def test_every_service_hears_of_it_once(three: Three) -> None:
    await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    for _ in range(2):
        for to in ("network_support", "notifications"):
            await three.carry("gcm.pledges.workflow", to)
    for name in ("network_support", "notifications"):
        done = [row for row in await three.services[name].outbox() if row.type == f"erasure.done_by_{name}.v1"]
        assert len(done) == 1


async def test_the_history_stands_with_an_id_that_leads_to_nobody(three: Three) -> None:
    before = await three.pledges.rows("select * from pledge_history order by step_id")
    assert {row["person_id"] for row in before} == {"amina"}
    await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    assert await three.pledges.rows("select * from pledge_history order by step_id") == before
    steps = await three.pledges.rows("select action, details->>'person_id' as person from entity_history")
    assert {"action": "membership_given", "person": "amina"} in steps
    for path in ("/people/amina", "/contacts/resolve"):
        body = {"person_id": "amina", "entity_id": "veridia"}
        answer = (
            await three.pledges.client.get(path, headers=ADMIN)
            if path.startswith("/people")
            else await three.pledges.client.post(path, json=body, headers=MACHINE)
        )
        assert answer.status_code == 404 or answer.json() == {"reachable": False, "reason": "no_contact"}
    members = await made(three.pledges.client.get("/entities/veridia/memberships?ended=true", headers=STAFF))
    assert members["items"] == []


async def test_one_erases_oneself_and_may_do_nothing_more(three: Three) -> None:
    done = await made(three.pledges.client.delete("/me", headers=AMINA))
    assert (done["person_id"], done["by"]) == ("amina", "person")
    draft = {"entity_id": "veridia", "title": "Another"}
    assert (await three.pledges.client.post("/pledges", json=draft, headers=once(AMINA))).status_code == 403
    me = await made(three.pledges.client.get("/me", headers=AMINA))
    assert (me["memberships"], me["contact"]) == ([], None)


async def test_invitations_and_handovers_go_with_the_person(three: Three) -> None:
    client = three.pledges.client
    await register(three.pledges, "bruno")
    for address in ("dora@demo.invalid", "eve@demo.invalid"):
        wish = {"role": "viewer", "address": address}
        await made(client.post("/entities/veridia/invitations", json=wish, headers=once(AMINA)))
    by_staff = {"role": "viewer", "address": "AMINA@demo.invalid"}
    await made(client.post("/entities/veridia/invitations", json=by_staff, headers=once(STAFF)))
    handover = await made(client.post("/entities/veridia/handover", json={"successor": "bruno"}, headers=once(AMINA)))
    await made(client.delete("/people/amina", headers=ADMIN))
    assert await three.pledges.rows("select * from invitation") == []
    told = {"handover_id": handover["handover_id"], "part": "successor"}
    assert (await made(client.post("/contacts/handover", json=told, headers=MACHINE)))["reachable"] is False


async def test_erasing_again_does_nothing_and_says_how_far_it_has_come(three: Three) -> None:
    first = await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    second = await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    assert first == second
    await register(three.pledges, "amina")  # back, and erased anew
    third = await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    assert third["erasure_id"] != first["erasure_id"]


async def test_whom_only_another_service_knows_is_erased_there_each_time(three: Three) -> None:
    support = three.services["network_support"]
    olga = bearer("amina-of-the-desk", "network_staff")
    for _ in range(2):
        await made(support.client.put("/me/officer", json={"away": True}, headers=olga | {"If-Match": '"0"'}))
        begun = await made(three.pledges.client.delete("/people/amina-of-the-desk", headers=ADMIN))
        assert begun["complete"] is False
        for to in ("network_support", "notifications"):
            await three.carry("gcm.pledges.workflow", to)
        for topic in ("gcm.support.workflow", "gcm.notifications.workflow"):
            await three.carry(topic, "pledges")
        done = await made(three.pledges.client.get("/people/amina-of-the-desk/erasure", headers=ADMIN))
        assert (done["complete"], done["erasure_id"]) == (True, begun["erasure_id"])
        assert await support.rows("select 1 from officer") == []


async def test_a_stranger_who_erases_themselves_is_erased_everywhere(three: Three) -> None:
    done = await made(three.pledges.client.delete("/me", headers=bearer("stranger")))
    assert (done["person_id"], done["by"]) == ("stranger", "person")
    [told] = [row for row in await three.pledges.outbox() if row.type == "person.erased.v1"]
    assert told.data["person_id"] == "stranger"


async def test_an_id_with_a_slash_is_read_changed_and_erased(three: Three) -> None:
    await register(three.pledges, "https://idp/erasure/amina", address="amina@idp.invalid")
    client, path = three.pledges.client, "/people/https%3A%2F%2Fidp%2Ferasure%2Famina"
    person = await client.get(path, headers=ADMIN)
    assert person.json()["person_id"] == "https://idp/erasure/amina"
    fields = {name: person.json()[name] for name in ("name", "address", "time_zone")} | {"language": "fr"}
    await made(client.put(path, json=fields, headers=ADMIN | {"If-Match": person.headers["etag"]}))
    done = await client.delete(path, headers=ADMIN)
    assert (await made(client.get(done.headers["location"], headers=ADMIN))) == done.json()
    assert (await client.get(path, headers=ADMIN)).status_code == 404
    assert (await client.delete("/people/", headers=ADMIN)).status_code == 422
    assert (await client.delete(f"/people/{'x' * 256}", headers=ADMIN)).status_code == 422


async def test_only_administrators_erase_others(three: Three) -> None:
    client = three.pledges.client
    for who, status in (({}, 401), (AMINA, 403), (STAFF, 403), (REVIEWER, 403), (MACHINE, 403)):
        assert (await client.delete("/people/amina", headers=who)).status_code == status
        assert (await client.get("/people/amina/erasure", headers=who)).status_code == status
    assert (await client.get("/people/amina/erasure", headers=ADMIN)).status_code == 404
    assert await three.pledges.rows("select * from erasure") == []


async def test_what_was_done_cannot_be_rewritten(three: Three) -> None:
    await made(three.pledges.client.delete("/people/amina", headers=ADMIN))
    for statement in ("update erasure_done set service = 'x'", "delete from erasure_done", "delete from erasure"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with three.pledges.database.transaction() as session:
                await session.execute(text(statement))
