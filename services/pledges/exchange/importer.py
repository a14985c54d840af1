"""The role `importer`: checks the files that people sent, and makes what is good in them, batch by batch.

Every batch is a transaction that also says how far the work is, and that the process still has it: when the process
dies, another takes the work up where the last batch ended, and one that comes back late writes nothing.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO, Any

import structlog
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.exchange import lifecycle, rows
from services.pledges.exchange.apart import Order, Reader
from services.pledges.exchange.checking import Checked, Wanted
from services.pledges.exchange.files import Unreadable
from services.pledges.exchange.models import ImportJob, ImportPart
from services.pledges.exchange.rows import Next
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared import inserts
from shared.clock import Clock
from shared.db import HELD_UP, Database, sqlstate
from shared.waking import Wake, repeat
from shared.web.auth import Actor

log = structlog.get_logger()

BATCH = rows.BLOCK  # rows of a transaction
POLL = 0.25  # seconds between two looks for work: somebody looks at the bar and waits
_JOB = core(ImportJob).c
_WAITING = (
    select(_JOB.import_id)
    .where(
        _JOB.state.in_(lifecycle.WORKING),
        or_(_JOB.lease_until.is_(None), _JOB.lease_until < bindparam("at")),
    )
    .order_by(_JOB.created_at)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_CLAIM = (
    update(ImportJob)
    .where(_JOB.import_id == _WAITING)
    .values(fence=_JOB.fence + 1, lease_until=bindparam("until"))
    .returning(ImportJob)
)
_PARTS = select(col(ImportPart.content)).where(
    col(ImportPart.import_id) == bindparam("id"), col(ImportPart.number) == bindparam("number")
)
_OLD = delete(core(ImportJob)).where(_JOB.updated_at < bindparam("before"), _JOB.state.notin_(lifecycle.WORKING))


class Lost(Exception):
    """The work was cancelled, or another process has it."""


class Importer:
    """`nudge` tells the relay of what was committed."""

    def __init__(self, database: Database, clock: Clock, nudge: Callable[[], None]) -> None:
        self._database, self._clock, self._nudge = database, clock, nudge
        self._pruned: datetime | None = None
        self._reader = Reader()

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; the batch under way is finished, and the rest is left to whoever comes next."""
        try:
            await self._reader.begin()
            await repeat("importer", lambda: self.once(stop), stop, Wake().bell(), POLL)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Ends the process that reads files."""
        await self._reader.close()

    async def once(self, stop: asyncio.Event) -> bool:
        """One import. False when none waits."""
        await self._prune()
        job = await self.claim()
        if job is None:
            return False
        try:
            await (self._check(job, stop) if job.state == "checking" else self._import(job, stop))
        except Lost:
            log.info("import.lost", import_id=str(job.import_id))
        return True

    async def claim(self) -> ImportJob | None:
        at = self._clock.system()
        async with self._database.transaction() as session:
            found: ImportJob | None = await session.scalar(_CLAIM, {"at": at, "until": at + _LEASE})
            return found

    async def _check(self, job: ImportJob, stop: asyncio.Event) -> None:
        with tempfile.NamedTemporaryFile() as file:
            await self._fetch(job, file)
            await self._settle(job)  # the lease begins anew: from here on it is longer than a reader may think
            try:
                await self._check_all(job, file.name, stop)
            except Unreadable as error:
                await self._settle(job, state="unreadable", fault=json.dumps(asdict(error.fault)))

    async def _fetch(self, job: ImportJob, file: IO[bytes]) -> None:
        """The file as it was sent, to a place where it can be read at any point."""
        for number in range(1, lifecycle.parts(job.size) + 1):
            async with self._database.transaction() as session:
                content = await session.scalar(_PARTS, {"id": job.import_id, "number": number})
            await asyncio.to_thread(file.write, content or b"")
        file.flush()

    async def _check_all(self, job: ImportJob, path: str, stop: asyncio.Event) -> None:
        wanted = Wanted(job.statements, job.entity_id, job.submit)
        begin = job.rows + 1  # those before were checked by a process that died
        order = Order(path, job.format, job.encoding, job.rows, BATCH, wanted)
        async with aclosing(self._reader.read(order)) as batches:
            async for batch in batches:
                if stop.is_set():
                    return await self._settle(job, lease_until=None)
                known = {"layout": batch.layout, "header": batch.header, "notes": batch.notes}
                if batch.checked:
                    begin = await self._store(job, begin, batch.checked, known)
        return await self._settle(job, state="checked", lease_until=None, **known)

    async def _store(self, job: ImportJob, begin: int, batch: list[Checked], known: dict[str, Any]) -> int:
        async with self._database.transaction() as session:
            found = await rows.check(session, job, begin, batch, self._call(job))
            await inserts.send_many(session)
            states = [row["state"] for row in found]
            counts = {name: getattr(_JOB, name) + states.count(name) for name in ("good", "bad", "known")}
            await self._hold(session, job, rows=_JOB.rows + len(found), **counts, **known)
        return begin + len(batch)

    async def _import(self, job: ImportJob, stop: asyncio.Event) -> None:
        shares = (self._make_all(job, share, stop) for share in range(rows.SHARES))
        ended = await asyncio.gather(*shares, return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error
        state = {} if stop.is_set() else {"state": "done"}
        await self._settle(job, lease_until=None, **state)

    async def _make_all(self, job: ImportJob, share: int, stop: asyncio.Event) -> None:
        """Batch after batch of a share, until told to stop or until none is left."""
        most, after, refused = BATCH, 0, -1
        while not stop.is_set():
            try:
                last = await self._make(job, share, most, after)
                if not last:
                    return
                most, after = min(BATCH, 2 * most), last
            except (IntegrityError, DataError) as error:
                # perhaps another import made one of them a moment ago: they are looked up again, one by one
                if most == 1 and refused == after:
                    await self._give_up(job, Next(job.import_id, share, after, 1), error)
                elif most == 1:
                    refused = after
                most = 1
            except DBAPIError as error:
                if sqlstate(error) not in HELD_UP:
                    raise

    async def _make(self, job: ImportJob, share: int, most: int, after: int = 0) -> int:
        """One batch: the number of its last row; 0 when none was left."""
        async with self._database.transaction() as session:
            next_ = Next(job.import_id, share, after, most)
            done = await rows.make(session, next_, self._call(job), statements=job.statements)
            states = [one.state for one in done]
            counts = {name: getattr(_JOB, name) + states.count(name) for name in ("bad", "known", "made")}
            await inserts.send_many(session)  # before the job's row is locked, which the other shares need too
            await self._hold(session, job, good=_JOB.good - len(done), **counts)
        self._nudge()
        return max((one.number for one in done), default=0)

    async def _give_up(self, job: ImportJob, next_: Next, error: Exception) -> None:
        """One row that the database refuses must not stop all others."""
        log.error("import.row_refused", import_id=str(job.import_id), error=type(error).__name__)
        async with self._database.transaction() as session:
            await self._hold(session, job, good=_JOB.good - 1, bad=_JOB.bad + 1)
            await rows.give_up(session, next_)

    async def _settle(self, job: ImportJob, **values: Any) -> None:
        async with self._database.transaction() as session:
            await self._hold(session, job, **values)
            if values.get("state") == "done":
                await session.execute(delete(core(ImportPart)).where(col(ImportPart.import_id) == job.import_id))

    async def _hold(self, session: AsyncSession, job: ImportJob, **values: Any) -> None:
        """How far the work is, in the transaction of what was done. Raises Lost, which undoes the transaction."""
        at = self._clock.system()
        mine = (_JOB.import_id == job.import_id, _JOB.fence == job.fence, _JOB.state == job.state)
        values = {"updated_at": at, "lease_until": at + _LEASE, **values}
        held = await session.execute(update(core(ImportJob)).where(*mine).values(values).returning(_JOB.import_id))
        if held.first() is None:
            raise Lost

    def _call(self, job: ImportJob) -> Call:
        return Call(Actor(job.person_id, frozenset(job.roles)), self._clock.moment())

    async def _prune(self) -> None:
        """Once an hour: what nobody has worked on for long."""
        at = self._clock.system()
        if self._pruned and at < self._pruned + timedelta(hours=1):
            return
        async with self._database.transaction() as session:
            await session.execute(_OLD, {"before": at - timedelta(days=lifecycle.KEPT)})
        self._pruned = at


_LEASE = timedelta(seconds=lifecycle.LEASE)
