# ruff: noqa: S608 - statements of names and numbers of this module
"""Many public pledges, straight into the tables, with all that is kept beside them.

`asyncio.run(fill(urls.owner_url, 1_000_000))` takes some minutes; `python -m tests.bench.registry.many URL N` does it
from a shell. The database is fresh: migrated, and without pledges.

EPOCHS * BLOCK pledges are made and indexed as the service does it, the others are copies of them with ids of their own,
block by block: the first and the last tenth of all are of the first and the last epoch.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity
from services.pledges.registry import records
from services.pledges.registry.models import Pledge, PublicPledge
from services.pledges.search import index
from services.pledges.search.models import SIZE
from shared.db import Database
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot
from tests.bench.registry.invented import Invention

EPOCHS, BLOCK = 3, SIZE // 8
BATCH = 1000

Weighted = Sequence[tuple[PledgeSnapshot, int]]  # each pledge that was made, and how often it is there
# what is kept beside the pledges, for whoever keeps something: called in the transaction that ends the filling
BESIDE: list[Callable[[AsyncSession, Weighted], Awaitable[None]]] = []

_COPIED = ("pledge", "public_pledge", "search_document")
_NUMBER = "('x' || right(pledge_id::text, 8))::bit(32)::integer"  # the ids that Invention gives are numbers
# each block begins at another of its places, so that no bits of a chunk repeat: those could be packed, unlike real ones
_PLACE = f"(:first + (place + :turn) % {BLOCK})"
_ID = f"lpad(to_hex({_PLACE}), 32, '0')::uuid"
_COPIES = {
    "pledge_id": _ID,
    "ordinal": _PLACE,
    "snapshot": f"replace(snapshot, pledge_id::text, ({_ID})::text)",
    "item": f"replace(item, pledge_id::text, ({_ID})::text)",
}
_COLUMNS = text(
    "select attname from pg_attribute where attrelid = cast(:name as regclass) and attnum > 0 and not attisdropped"
)
_BITS = f"""
create table made_bits as select code, {{slices}} from search_bits where chunk = 0;
truncate {", ".join(_COPIED)}, search_bits, search_change cascade
"""


async def fill(owner_url: str, count: int) -> int:
    """At least `count` pledges, in whole blocks; how many. `owner_url`: of the role that owns the tables."""
    database = Database(owner_url, application="many", pool=1)
    blocks = -(-count // BLOCK)
    epochs = [
        0 if block < blocks / 10 else EPOCHS - 1 if block >= blocks - blocks / 10 else 1 for block in range(blocks)
    ]
    try:
        async with database.transaction() as session:
            await session.execute(text("set local idle_in_transaction_session_timeout = 0"))
            made = await _make(session)
            await _keep_apart(session)
            for block, epoch in enumerate(epochs):
                for table in _COPIED:
                    await _copy(session, table, epoch, block * BLOCK)
            await _copy_bits(session, epochs)
            await _end(session, blocks * BLOCK)
            times = Counter(epochs)
            for follow in BESIDE:
                await follow(session, [(pledge, times[place // BLOCK]) for place, pledge in enumerate(made)])
        await _tidy(database)
    finally:
        await database.close()
    return blocks * BLOCK


async def _make(session: AsyncSession) -> list[PledgeSnapshot]:
    """EPOCHS blocks of pledges with their documents and bits, as if they had been published one after the other."""
    await session.execute(text("alter table search_document alter column ordinal restart with 0"))
    rows = await session.execute(select(Entity).order_by(col(Entity.entity_id)))
    entities = [
        EntityRef(entity_id=one.entity_id, name=one.name, kind=one.kind, fictional=one.fictional)
        for one in rows.scalars()
    ]
    invention = Invention(entities, EPOCHS)
    made = [pledge for epoch in range(EPOCHS) for pledge in invention.pledges(epoch, BLOCK)]
    for start in range(0, len(made), BATCH):
        await _add(session, made[start : start + BATCH])
    while await index.catch_up(session):
        pass
    return made


async def _add(session: AsyncSession, pledges: Sequence[PledgeSnapshot]) -> None:
    await session.execute(insert(Pledge), [_working_copy(pledge) for pledge in pledges])
    await session.execute(insert(PublicPledge), [_public(pledge) for pledge in pledges])


def _working_copy(pledge: PledgeSnapshot) -> dict[str, object]:
    return {
        "pledge_id": pledge.pledge_id,
        "entity_id": pledge.entity.entity_id,
        "revision": 1,
        "state": pledge.state,
        "title": pledge.title,
        "content": "{}",
        "created_at": pledge.published_at,
        "updated_at": pledge.published_at,
    }


def _public(pledge: PledgeSnapshot) -> dict[str, object]:
    first = {"pledge_id": pledge.pledge_id, "entity_id": pledge.entity.entity_id, "revision": 1}
    first |= {"entity_kind": pledge.entity.kind, "first_published_at": pledge.first_published_at}
    return records.public_row(pledge) | first


async def _keep_apart(session: AsyncSession) -> None:
    """What was made moves to tables of its own, by its place in its epoch."""
    for table in _COPIED:
        made = f"select *, {_NUMBER} % {BLOCK} as place, {_NUMBER} / {BLOCK} as epoch from {table}"
        await session.execute(text(f"create table made_{table} as {made}"))
        await session.execute(text(f"create index on made_{table} (epoch, place)"))
    slices = (f"substring(bits from {epoch * BLOCK + 1} for {BLOCK}) as epoch_{epoch}" for epoch in range(EPOCHS))
    for statement in _BITS.format(slices=", ".join(slices)).split(";"):
        await session.execute(text(statement))


async def _copy(session: AsyncSession, table: str, epoch: int, first: int) -> None:
    names = (await session.scalars(_COLUMNS, {"name": table})).all()
    values = ", ".join(_COPIES.get(name, name) for name in names)
    into = f"insert into {table} ({', '.join(names)}) overriding system value"
    made = f"select {values} from made_{table} where epoch = :epoch order by place"
    # numbers, not parameters: an integer plus a parameter of no type would be ambiguous
    numbers = {":first": first, ":epoch": epoch, ":turn": _turn(first // BLOCK)}
    statement = f"{into} {made}"
    for name, number in numbers.items():
        statement = statement.replace(name, str(number))
    await session.execute(text(statement))


def _turn(block: int) -> int:
    """By how many places a block is turned: never by whole bytes of what another one is."""
    return 37 * block % BLOCK


async def _copy_bits(session: AsyncSession, epochs: Sequence[int]) -> None:
    share = SIZE // BLOCK
    for chunk, start in enumerate(range(0, len(epochs), share)):
        blocks = enumerate(epochs[start : start + share], start)
        parts = [_turned(f"epoch_{epoch}", _turn(block)) for block, epoch in blocks]
        parts += [f"0::bit({BLOCK})"] * (share - len(parts))
        bits = f"({' || '.join(parts)})::bit({SIZE})"
        rows = f"select code, {chunk}, {bits} from made_bits where {bits} <> 0::bit({SIZE})"
        await session.execute(text(f"insert into search_bits (code, chunk, bits) {rows}"))


def _turned(bits: str, turn: int) -> str:
    return f"(substring({bits} from {BLOCK - turn + 1}) || substring({bits} for {BLOCK - turn}))"


async def _end(session: AsyncSession, count: int) -> None:
    await session.execute(text(f"alter table search_document alter column ordinal restart with {count}"))
    for table in (*_COPIED, "bits"):
        await session.execute(text(f"drop table made_{table}"))


async def _tidy(database: Database) -> None:
    """As autovacuum leaves the tables; it may take longer than a statement of the service."""
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for table in (*_COPIED, "search_bits"):
            await driver.execute(f"vacuum analyze {table}", timeout=600)


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(fill(sys.argv[1], int(sys.argv[2])))}\n")
