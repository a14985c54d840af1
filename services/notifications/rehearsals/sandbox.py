"""Where a rehearsal plans: the statements of the real plan, over copies of its tables that end with the connection.

Temporary tables take the names of the real ones, and come before them. All else is done in transactions that are read
only, which PostgreSQL lets write to temporary tables and to nothing else: a statement that misses its copy fails.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.reminders.lifecycle import Milestone
from shared.clock import Clock
from shared.db import Database

COPIED = ("reminder", "reminder_delivery", "delivery", "known_milestone", "contact_lost", "outbox")
NUMBERED = ("reminder", "outbox")
ABOVE = 2**40  # no row of the real tables has such a number
PAGE = 20_000
AROUND = timedelta(days=60)  # the most that a policy can ask for between two reminders

# of the milestones that matter, what has gone out at any time, and the plan around the month
_REMINDERS = text("""
with page as (select * from public.reminder where id > :after order by id limit :most), copied as (
    insert into reminder select * from page
    where milestone = any(cast(:milestones as text[]))
      and (state in ('queued', 'sent') or due_on between :first_day and :last_day)
)
select id from page order by id desc limit 1
""")
_LINKS = text("""
insert into reminder_delivery select link.* from public.reminder_delivery link
join reminder on reminder.id = link.reminder_id
""")
_MAILS = text("""
insert into delivery select * from public.delivery where id in (select delivery_id from reminder_delivery)
""")
_MILESTONE = text("""
insert into known_milestone (code, cycle, cycle_opens, names, starts, tentative, reminders, sequence, changed_at)
select code, cycle, cycle_opens, names, :starts, :tentative, reminders, sequence, changed_at
from public.known_milestone where code = :code
""")


class Standing(Clock):
    """Business time stands where the rehearsal has put it."""

    def __init__(self, business: datetime) -> None:
        super().__init__()
        self.now = business

    def business(self) -> datetime:
        return self.now


@asynccontextmanager
async def sandbox(url: str, milestones: Sequence[Milestone], days: tuple[date, date]) -> AsyncIterator[Database]:
    """A database in which `milestones` stand as given here; `days` are the first and the last of the month."""
    # of one connection, and a new one: what another had prepared would mean the real tables
    made = Database(url, application="rehearsal", pool=1)
    event.listen(made.engine.sync_engine, "connect", _read_only)
    try:
        await _copy(made, milestones, days)
        yield made
    finally:
        await made.close()


def _read_only(connection: DBAPIConnection, _: object) -> None:
    """Also of one that was lost and opened anew, which has no copies."""
    cursor = connection.cursor()
    cursor.execute("set default_transaction_read_only = on")
    cursor.close()
    connection.commit()


async def _copy(made: Database, milestones: Sequence[Milestone], days: tuple[date, date]) -> None:
    async with _writing(made) as session:
        await session.execute(text(f"create temporary sequence numbers start {ABOVE}"))
        for table in COPIED:
            like = f"like public.{table} including all excluding identity"
            await session.execute(text(f"create temporary table {table} ({like})"))
        for table in NUMBERED:
            await session.execute(text(f"alter table pg_temp.{table} alter column id set default nextval('numbers')"))
        for one in milestones:
            await session.execute(_MILESTONE, {"code": one.code, "starts": one.starts, "tentative": one.tentative})
    around = {"first_day": days[0] - AROUND, "last_day": days[1] + AROUND}
    values = {"milestones": [one.code for one in milestones], **around, "most": PAGE}
    after: int | None = 0
    while after is not None:
        async with made.transaction() as session:
            after = await session.scalar(_REMINDERS, values | {"after": after})
    async with made.transaction() as session:
        await session.execute(_LINKS)
        await session.execute(_MAILS)


@asynccontextmanager
async def _writing(made: Database) -> AsyncIterator[AsyncSession]:
    """Tables can be made in it. Nothing of the real ones is named but to be read."""
    async with made.transaction() as session:
        await session.execute(text("set transaction read write"))
        yield session
