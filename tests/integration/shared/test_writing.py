"""Writes over HTTP against a real database: once however often they are sent, whole or not at all."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.db import Database
from shared.errors import AppError, Conflict, Forbidden, NotFound, Unauthenticated
from shared.messaging.ddl import V1
from shared.process import Health
from shared.web.app import Parts, create
from shared.web.auth import SIGNED_IN, Actor
from shared.web.writing import Answer, Once
from tests.support import tokens
from tests.support.parts import Postgres
from tests.support.tokens import bearer

router = APIRouter()


class Thing(BaseModel):
    name: str


_REFUSED: dict[str, AppError] = {}  # by person
_LOCKS = {"one way": (1, 2), "the other way": (2, 1)}  # in which order they are taken
_MEETING: list[asyncio.Barrier] = []  # there, each waits with its first lock for the other


@router.post("/things")
async def add_thing(body: Thing, actor: Annotated[Actor, Depends(SIGNED_IN)], once: Once) -> Response:
    async def write(session: AsyncSession) -> Answer:
        if body.name == "impatient":
            await session.execute(text("set local lock_timeout = '20ms'"))
        if body.name in {"only one", "impatient"} and await session.scalar(text("select true from thing for update")):
            raise Conflict("There is one already.")
        if _MEETING and (order := _LOCKS.get(body.name)):
            for lock in order:
                await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": lock})
                if lock == order[0]:
                    await _MEETING[0].wait()
        if refusal := _REFUSED.get(actor.person):
            raise refusal
        await session.execute(text("insert into thing values (:name)"), {"name": body.name})
        await session.execute(text("select pg_sleep(0.002)"))
        return Answer(201, body.model_dump_json(), {"X-Name": body.name})

    return await once(actor, write)


THINGS = """
create table thing (name text not null);
create unique index on thing (name) where name = 'unique';
create function refuse() returns trigger language plpgsql as $$
begin
    if new.name = 'refused at commit' then raise exception 'refused' using errcode = '40001'; end if;
    return null;
end $$;
create constraint trigger refuse after insert on thing deferrable initially deferred
    for each row execute function refuse();
"""


@dataclass
class Things:
    client: httpx.AsyncClient
    database: Database
    nudges: list[None]

    async def post(self, name: str, key: str, person: str = "amina") -> httpx.Response:
        headers = bearer(person) | {"Idempotency-Key": key}
        return await self.client.post("/things", json={"name": name}, headers=headers)

    async def count(self, table: str) -> int:
        async with self.database.transaction() as session:
            return int(await session.scalar(text(f"select count(*) from {table}")) or 0)  # noqa: S608 - our own names


@pytest.fixture
async def things(postgres: Postgres) -> AsyncIterator[Things]:
    database = Database((await postgres.database("pledges")).owner_url, application="tests", pool=8)
    async with database.engine.begin() as connection:
        for statement in (V1, THINGS):
            await (await connection.get_raw_connection()).driver_connection.execute(statement)  # type: ignore[union-attr]
    nudges = list[None]()
    async with httpx.AsyncClient() as http:
        parts = Parts(database, Clock(), lambda: nudges.append(None), Health(), http, tokens.tokens())
        transport = httpx.ASGITransport(create("Things", "", parts, [router]), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Things(client, database, nudges)
    await database.close()


async def test_a_repeated_post_gets_the_first_answer_and_does_nothing(things: Things) -> None:
    first, second = await things.post("a", "key"), await things.post("a", "key")
    assert (first.status_code, first.text, first.headers["x-name"]) == (201, '{"name":"a"}', "a")
    assert (second.status_code, second.text, second.headers["x-name"]) == (201, '{"name":"a"}', "a")
    assert await things.count("thing") == 1


async def test_the_same_post_twenty_times_at_once_is_done_once(things: Things) -> None:
    answers = await asyncio.gather(*(things.post("a", "key") for _ in range(20)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, '{"name":"a"}')}
    assert await things.count("thing") == 1


async def test_the_same_key_with_another_body_is_refused(things: Things) -> None:
    await things.post("a", "key")
    answer = await things.post("b", "key")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await things.count("thing") == 1


@pytest.mark.parametrize("key", ["é", "à", "ключ", "a\tb", "", "x" * 201])
async def test_a_key_that_is_read_differently_by_each_is_refused_plainly(things: Things, key: str) -> None:
    headers = {b"Authorization": bearer("amina")["Authorization"].encode(), b"Idempotency-Key": key.encode()}
    answer = await things.client.post("/things", json={"name": "a"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert await things.count("thing") == 0


async def test_two_bodies_with_one_key_at_once_do_one_of_them(things: Things) -> None:
    answers = await asyncio.gather(things.post("a", "key"), things.post("b", "key"))
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert await things.count("thing") == 1


async def test_a_repeated_post_that_its_own_work_now_forbids_gets_the_first_answer(things: Things) -> None:
    first = await things.post("only one", "key")
    assert (await things.post("only one", "another key")).status_code == 409
    assert (await things.post("only one", "key")).text == first.text
    assert (await things.post("only one", "key", person="kofi")).status_code == 409


@pytest.mark.parametrize("refusal", [Unauthenticated, Forbidden, NotFound])
async def test_who_is_refused_now_does_not_get_the_first_answer_again(
    things: Things, monkeypatch: pytest.MonkeyPatch, refusal: type[AppError]
) -> None:
    first = await things.post("a", "key")
    monkeypatch.setitem(_REFUSED, "amina", refusal("not you"))
    assert (await things.post("a", "key")).status_code == refusal.status
    monkeypatch.delitem(_REFUSED, "amina")
    assert (await things.post("a", "key")).text == first.text


async def test_who_waits_for_a_lock_in_vain_was_not_asked_yet_and_gets_no_first_answer(things: Things) -> None:
    first = await things.post("impatient", "key")
    async with things.database.transaction() as session:
        await session.execute(text("select true from thing for update"))
        assert (await things.post("impatient", "key")).status_code == 409
    assert (await things.post("impatient", "key")).text == first.text


async def test_of_two_at_once_that_exclude_each_other_both_get_the_answer_of_one(things: Things) -> None:
    answers = await asyncio.gather(*(things.post("only one", "key") for _ in range(8)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, '{"name":"only one"}')}


async def test_a_broken_constraint_is_an_answer_only_if_it_is_the_first_ones_work(things: Things) -> None:
    first = await things.post("unique", "key")
    assert (await things.post("unique", "key")).text == first.text
    assert (await things.post("unique", "another key")).status_code >= 500


async def test_of_two_that_wait_for_each_other_one_is_asked_to_try_again(things: Things) -> None:
    _MEETING.append(asyncio.Barrier(2))
    done = dict(zip(_LOCKS, await asyncio.gather(*(things.post(name, name) for name in _LOCKS)), strict=True))
    _MEETING.clear()
    assert sorted(answer.status_code for answer in done.values()) == [201, 409]
    [ended] = [name for name, answer in done.items() if answer.status_code == 409]
    assert "try again" in done[ended].json()["detail"]
    assert (await things.post(ended, ended)).status_code == 201
    assert await things.count("thing") == 2


async def test_two_people_may_use_the_same_key(things: Things) -> None:
    answers = [await things.post("a", "key"), await things.post("b", "key", person="kofi")]
    assert [answer.status_code for answer in answers] == [201, 201]


async def test_no_answer_of_success_leaves_before_the_commit(things: Things) -> None:
    answer = await things.post("refused at commit", "key")
    assert answer.status_code == 503
    assert (await things.count("thing"), await things.count("idempotency")) == (0, 0)
    assert not things.nudges
    assert (await things.post("a", "key")).status_code == 201
    assert len(things.nudges) == 1


async def test_cut_off_requests_under_load_leave_no_connection_behind(things: Things) -> None:
    """The driver was chosen with this test (docs/adr/0001): a request may end at any moment."""
    chance = random.Random(7)  # noqa: S311 - no secret, but the same moments each time

    async def cut_off(number: int) -> None:
        sending = asyncio.create_task(things.post(f"thing {number}", f"key-{number}"))
        await asyncio.wait({sending}, timeout=chance.uniform(0, 0.05))
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending

    for start in range(0, 400, 40):
        await asyncio.gather(*(cut_off(start + offset) for offset in range(40)))
    answers = await asyncio.gather(*(things.post(f"after {number}", f"after-{number}") for number in range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert await things.count("thing") == await things.count("idempotency")
    left = "pg_stat_activity where application_name = 'tests' and state like 'idle in transaction%'"
    assert await things.count(left) == 0
