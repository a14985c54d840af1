"""Rows that wait: they go in with the commit, in their order, or not at all."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import Column, Identity, Integer, MetaData, Table, Text, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import registry

from shared import inserts
from shared.db import Database
from tests.support.parts import Postgres

META = MetaData()
OWNERS = Table("owner", META, Column("code", Text, primary_key=True))
THINGS = Table(
    "thing",
    META,
    Column("place", Integer, Identity(always=True), primary_key=True),
    Column("number", Integer, unique=True),
    Column("owner", Text),
)


class Owner:
    def __init__(self, code: str) -> None:
        self.code = code


registry().map_imperatively(Owner, OWNERS)
SAME = insert(OWNERS).values(code="a")


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[Database]:
    found = Database((await postgres.database("pledges")).owner_url, application="tests")
    async with found.engine.begin() as connection:
        await connection.run_sync(META.create_all)
        await connection.exec_driver_sql("alter table thing add foreign key (owner) references owner")
    yield found
    await found.close()


async def kept(database: Database) -> list[tuple[int, str]]:
    async with database.transaction() as session:
        rows = await session.execute(select(THINGS.c.number, THINGS.c.owner).order_by(THINGS.c.place))
        return [(row.number, row.owner) for row in rows]


async def owners(database: Database) -> list[str]:
    async with database.transaction() as session:
        return list((await session.scalars(select(OWNERS.c.code))).all())


async def write_once(database: Database, number: int) -> None:
    async with database.one_write() as session:
        inserts.later(session, THINGS, {"number": number, "owner": "a"})
        await inserts.send_with(session, SAME, {})


async def test_what_waits_is_committed_without_being_asked_for_in_its_order(database: Database) -> None:
    async with database.transaction() as session:
        inserts.later(session, OWNERS, {"code": "a"})
        for number in (3, 1, 2):
            inserts.later(session, THINGS, {"number": number, "owner": "a"})
        assert (await session.execute(select(OWNERS))).all() == []
    assert await kept(database) == [(3, "a"), (1, "a"), (2, "a")]


async def test_what_was_sent_can_be_referred_to(database: Database) -> None:
    async with database.transaction() as session:
        inserts.later(session, OWNERS, {"code": "a"})
        await inserts.send(session)
        await session.execute(insert(THINGS), {"number": 1, "owner": "a"})
        await inserts.send(session)  # nothing waits: nothing is said
    assert await kept(database) == [(1, "a")]


async def test_one_insert_more_goes_with_what_waits(database: Database) -> None:
    async with database.transaction() as session:
        inserts.later(session, THINGS, {"number": 1, "owner": "a"})
        inserts.later(session, THINGS, {"number": 2, "owner": "a"})
        await inserts.send_with(session, SAME, {})
    assert await kept(database) == [(1, "a"), (2, "a")]


async def test_without_a_transaction_the_one_write_is_whole_or_nothing(database: Database) -> None:
    await write_once(database, 1)
    with pytest.raises(IntegrityError):
        await write_once(database, 2)
    assert await kept(database) == [(1, "a")]


async def test_without_a_transaction_nothing_can_be_done_by_halves(database: Database) -> None:
    async def change(session: AsyncSession) -> None:
        await session.execute(update(OWNERS).values(code="b"))

    async def two_rows(session: AsyncSession) -> None:
        inserts.later(session, THINGS, {"number": 1})
        inserts.later(session, THINGS, {"number": 2})

    async def a_lock(session: AsyncSession) -> None:
        await session.execute(select(OWNERS).with_for_update())

    async def sent_before_the_last(session: AsyncSession) -> None:
        inserts.later(session, THINGS, {"number": 1})
        await inserts.send(session)

    async def an_object(session: AsyncSession) -> None:
        session.add(Owner(code="c"))

    async def two_rows_of_a_table(session: AsyncSession) -> None:
        await two_rows(session)
        await inserts.send_with(session, SAME, {})

    async def a_write_beside_a_read(session: AsyncSession) -> None:
        await session.execute(select(OWNERS).add_cte(insert(OWNERS).values(code="b").cte("one")))

    wrongs = (change, an_object, two_rows, two_rows_of_a_table, a_lock, sent_before_the_last, a_write_beside_a_read)
    for wrong in wrongs:
        with pytest.raises(RuntimeError, match="without a transaction"):
            async with database.one_write() as session:
                await wrong(session)
    assert (await owners(database), await kept(database)) == ([], [])


async def test_after_the_one_write_nothing_more_is_done(database: Database) -> None:
    async with database.one_write() as session:
        await inserts.send_with(session, SAME, {})
        with pytest.raises(RuntimeError, match="without a transaction"):
            await session.execute(select(OWNERS))


async def test_a_connection_that_was_lost_in_the_pool_is_replaced(database: Database) -> None:
    async with database.transaction() as session:
        lost = await session.scalar(text("select pg_backend_pid()"))
    other = await asyncpg.connect(database.url)
    await other.execute("select pg_terminate_backend($1, 5000)", lost)
    await other.close()
    await asyncio.sleep(0)  # the loop sees that the connection has ended
    await write_once(database, 7)
    assert await kept(database) == [(7, "a")]


async def test_what_cannot_go_in_takes_everything_with_it(database: Database) -> None:
    async def write() -> None:
        async with database.transaction() as session:
            inserts.later(session, OWNERS, {"code": "a"})
            inserts.later(session, THINGS, {"number": 1, "owner": "nobody"})

    with pytest.raises(IntegrityError):
        await write()
    assert await owners(database) == []


async def test_a_rollback_undoes_what_waits(database: Database) -> None:
    async def write() -> None:
        async with database.transaction() as session:
            inserts.later(session, OWNERS, {"code": "a"})
            raise RuntimeError("nothing of it")

    with pytest.raises(RuntimeError, match="nothing of it"):
        await write()
    assert await owners(database) == []


async def test_a_savepoint_undoes_what_came_after_it_and_nothing_else(database: Database) -> None:
    async def write(session: AsyncSession, number: int, error: Exception | None = None) -> None:
        async with session.begin_nested():
            inserts.later(session, THINGS, {"number": number, "owner": "a"})
            if error:
                raise error

    async with database.transaction() as session:
        inserts.later(session, OWNERS, {"code": "a"})
        with pytest.raises(RuntimeError, match="send them first"):
            await write(session, 0)
        await inserts.send(session)
        with pytest.raises(RuntimeError, match="only this"):
            await write(session, 1, RuntimeError("only this"))
        await write(session, 2)
    assert await kept(database) == [(2, "a")]


async def test_many_go_in_as_a_stream_in_their_order(database: Database) -> None:
    async with database.transaction() as session:
        await inserts.send_many(session)  # nothing waits: nothing is said
        inserts.later(session, OWNERS, {"code": "a"})
        inserts.later(session, THINGS, {"number": 3, "owner": "a"})
        for number in (1, 2):
            inserts.later(session, THINGS, {"owner": "a", "number": number})
        await inserts.send_many(session)
        assert len((await session.execute(select(THINGS))).all()) == 3
    assert await kept(database) == [(3, "a"), (1, "a"), (2, "a")]


async def test_of_many_that_are_undone_nothing_stays(database: Database) -> None:
    async with database.transaction() as session:
        inserts.later(session, OWNERS, {"code": "a"})
        await inserts.send_many(session)
        await session.rollback()
    assert await owners(database) == []


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([{"number": 1, "owner": "a"}, {"number": 1, "owner": "a"}], IntegrityError),
        ([{"number": 1, "owner": "nobody"}], IntegrityError),
        ([{"number": 1, "owner": "\x00"}], DataError),
    ],
)
async def test_many_of_which_one_is_wrong_fail_as_a_statement_does(
    database: Database, rows: list[dict[str, object]], error: type[Exception]
) -> None:
    async def send() -> None:
        async with database.transaction() as session:
            inserts.later(session, OWNERS, {"code": "a"})
            for row in rows:
                inserts.later(session, THINGS, row)
            await inserts.send_many(session)

    with pytest.raises(error):
        await send()
    assert await owners(database) == []
    async with database.transaction() as session:
        assert await session.scalar(text("select 1")) == 1
