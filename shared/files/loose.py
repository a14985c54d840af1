"""Objects of the store that no file needs: uploads that broke off or are under way, and files that were removed.

Written down before the object, and crossed out in the transaction that writes its file: whenever a process is killed,
what it left in the store is known. Each service that keeps files has the table `loose_object`.
"""

from datetime import datetime, timedelta

from sqlalchemy import Column, MetaData, Table, Text, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.db import TIMESTAMPTZ
from shared.errors import Conflict

LOOSE_FOR = timedelta(hours=1)  # longer than any upload takes

loose_object = Table(
    "loose_object",
    MetaData(),
    Column("object", Text, primary_key=True),
    Column("since", TIMESTAMPTZ, nullable=False),  # system time
)
_object, _since = loose_object.c.object, loose_object.c.since
_ADD = insert(loose_object)
_FORGET = delete(loose_object).where(_object == bindparam("name"))
_HOLD = _FORGET.where(_since > bindparam("after")).returning(_object)
_LOOSE = select(_object).where(_since < bindparam("before")).order_by(_since).limit(bindparam("most"))


async def announce(session: AsyncSession, now: datetime) -> str:
    """The name of an object that will be written. `now`: system time."""
    name = str(uuid7())
    await let_go(session, name, now)
    return name


async def let_go(session: AsyncSession, name: str, now: datetime) -> None:
    """No file needs the object from `now` (system time) on."""
    await session.execute(_ADD, {"object": name, "since": now})


async def hold(session: AsyncSession, name: str, now: datetime) -> None:
    """A file needs the object, which is written. Raises Conflict when that took so long that it may be swept."""
    # at half of the time: no clock is so wrong that what is held here is being swept there
    if (await session.execute(_HOLD, {"name": name, "after": now - LOOSE_FOR / 2})).first() is None:
        raise Conflict("The upload took too long; send the file again.")


async def loose(session: AsyncSession, now: datetime, most: int) -> list[str]:
    """Objects that no file has needed for long at `now` (system time), the oldest first."""
    return [str(row.object) for row in await session.execute(_LOOSE, {"before": now - LOOSE_FOR, "most": most})]


async def forget(session: AsyncSession, name: str) -> None:
    """The object is gone."""
    await session.execute(_FORGET, {"name": name})
