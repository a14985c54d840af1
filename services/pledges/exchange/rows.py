"""What becomes of the rows of an import: by the rules of the registry, and by what was imported before."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.authority import standing
from services.pledges.exchange import earlier
from services.pledges.exchange.checking import Checked
from services.pledges.exchange.earlier import Earlier, mark_of
from services.pledges.exchange.files import Fault
from services.pledges.exchange.models import Imported, ImportJob, ImportRow
from services.pledges.registry import commands, lifecycle, proxies
from services.pledges.registry.commands import Ready
from services.pledges.registry.proxies import Filed
from services.pledges.registry.schemas import NewPledge, Statement
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared import inserts
from shared.errors import AppError, FieldProblem

# the rows of an import are made in shares of their own: while the database writes of one, the next is made ready
SHARES, BLOCK = 3, 200  # the first rows are of the first share, as many of the second, and so on

_ROWS, _IMPORTED = core(ImportRow), core(Imported)
_SETTLE = text("""
update import_row set state = done.state, pledge_id = done.pledge_id, faults = done.faults
from unnest(cast(:number as integer[]), cast(:state as text[]), cast(:pledge_id as uuid[]), cast(:faults as text[]))
        as done (number, state, pledge_id, faults)
where import_row.import_id = :id and import_row.number = done.number
""")
_GOOD = (
    select(core(ImportRow))
    .where(
        col(ImportRow.import_id) == bindparam("import_id"),
        col(ImportRow.number) > bindparam("after"),
        col(ImportRow.state) == "good",
        (col(ImportRow.number) - 1) // BLOCK % SHARES == bindparam("share"),
    )
    .order_by(col(ImportRow.number))
    .limit(bindparam("most"))
)
_NONE = "[]"


@dataclass
class Rights:
    """Who the author is to each entity, asked once a batch."""

    session: AsyncSession
    call: Call
    statements: bool
    known: dict[tuple[str, str | None], Filed | AppError] = field(default_factory=dict)

    async def to(self, entity_id: str, proxy_entity_id: str | None = None) -> Filed:
        """For whom, and by whom. Raises Invalid, Forbidden."""
        place = (entity_id, proxy_entity_id)
        if place not in self.known:
            self.known[place] = await self._ask(*place)
        found = self.known[place]
        if isinstance(found, AppError):
            raise found
        return found

    async def _ask(self, entity_id: str, proxy_entity_id: str | None) -> Filed | AppError:
        actor, now = self.call.actor, self.call.now
        try:
            if not self.statements:
                return await proxies.filing(self.session, actor, entity_id, proxy_entity_id, now)
            found = await standing(self.session, actor, entity_id, now)
            lifecycle.acting("record", for_entity=found.may_write, is_staff=found.is_staff)
        except AppError as error:
            return error
        return found, None


async def check(
    session: AsyncSession, job: ImportJob, begin: int, checked: Sequence[Checked], call: Call
) -> list[dict[str, Any]]:
    """Adds rows of the report, numbered from `begin` on. What is allowed now is what the import itself will allow."""
    rights, before = Rights(session, call, job.statements), await earlier.found(session, job.import_id, checked)
    rows = []
    for number, one in enumerate(checked, start=begin):
        await asyncio.sleep(0)  # so that the loop reads what the reader says of the next ones
        row = {"import_id": job.import_id, "number": number, **await _checked(session, rights, before, one)}
        before.seen(one, row)
        rows.append(row)
        inserts.later(session, _ROWS, row)
    return rows


async def _checked(session: AsyncSession, rights: Rights, before: Earlier, one: Checked) -> dict[str, Any]:
    if one.wish is None:
        return _row(one, "bad", one.faults)
    try:
        filed = await rights.to(one.entity_id, one.proxy_entity_id)
        if fault := before.other(one):
            return _row(one, "bad", [fault])
        if known := before.known(one):
            return _row(one, "known", pledge_id=known[0])
        if one.faults:
            return _row(one, "bad", one.faults)
        if one.refers and rights.statements:
            await commands.recordable(session, Statement.model_validate_json(one.wish))
        elif one.refers:
            await commands.prepare(session, filed, NewPledge.model_validate_json(one.wish), rights.call)
    except AppError as error:
        return _row(one, "bad", _refused(one, error))
    return _row(one, "good")


def _refused(one: Checked, error: AppError) -> list[Fault]:
    faults = error.fields or (FieldProblem("entity_id", error.detail, "leave this row out, or ask who may"),)
    return [one.refused(fault) for fault in faults]


def _row(one: Checked, state: str, faults: Sequence[Fault] = (), pledge_id: UUID | None = None) -> dict[str, Any]:
    entity_id, key = mark_of(one)
    return {
        "place": one.place,
        "state": state,
        "entity_id": entity_id or None,
        "key": key or None,
        "digest": one.digest if one.wish else None,
        "refers": one.refers,
        "wish": one.wish if state == "good" else None,
        "raw": one.origin.raw() if state == "bad" else None,
        "faults": json.dumps([asdict(fault) for fault in faults]),
        "pledge_id": pledge_id,
    }


@dataclass(frozen=True)
class Settled:
    """What became of a row at the import itself."""

    number: int
    state: str
    pledge_id: UUID | None = None
    faults: str = _NONE


@dataclass(frozen=True)
class Next:
    """Which good rows of an import come next: of a share those after a number, at most so many.

    Without the number each batch would pass by all that are made.
    """

    import_id: UUID
    share: int
    after: int
    most: int


async def make(session: AsyncSession, next_: Next, call: Call, *, statements: bool) -> list[Settled]:
    """Makes the next good rows, in their order; [] when there is none left."""
    rows = (await session.execute(_GOOD, asdict(next_))).all()
    there = await earlier.imported(session, [(row.entity_id, row.key) for row in rows])
    done, fresh = [], []
    for row in rows:
        if found := there.get((row.entity_id, row.key)):
            done.append(Settled(row.number, "known", found[1]))
        else:
            fresh.append(row)
    done += await (_record if statements else _make)(session, fresh, call)
    if done:
        await _settle(session, next_.import_id, done)
    return done


async def give_up(session: AsyncSession, next_: Next) -> None:
    """The next good row, `most` being 1, is bad."""
    row = (await session.execute(_GOOD, asdict(next_))).one()
    fault = Fault(row.place, "", "could not be saved", "write to those who run this installation")
    await _settle(session, next_.import_id, [Settled(row.number, "bad", faults=json.dumps([asdict(fault)]))])


async def _settle(session: AsyncSession, import_id: UUID, done: Sequence[Settled]) -> None:
    named = ("number", "state", "pledge_id", "faults")
    await session.execute(_SETTLE, {"id": import_id} | {name: [getattr(one, name) for one in done] for name in named})


async def _make(session: AsyncSession, rows: Sequence[Any], call: Call) -> list[Settled]:
    rights = Rights(session, call, statements=False)
    refused: list[Settled] = []
    ready: list[tuple[Any, Ready]] = []
    for row in rows:
        await asyncio.sleep(0)  # the other shares have statements to send
        try:
            ready.append((row, await _ready(session, row, rights)))
        except AppError as error:
            refused.append(_refused_now(row, error))
    made = await commands.make(session, [one for _, one in ready], call)
    return refused + [_made(session, row, one.pledge_id) for (row, _), one in zip(ready, made, strict=True)]


async def _ready(session: AsyncSession, row: Any, rights: Rights) -> Ready:
    """Raises Invalid, Forbidden."""
    said = json.loads(row.wish)
    filed = await rights.to(said["entity_id"], said["proxy_entity_id"])
    if not row.refers:
        return await commands.prepare_again(session, filed, said, rights.call)
    ready, _ = await commands.prepare(session, filed, NewPledge.model_validate_json(row.wish), rights.call)
    return ready


async def _record(session: AsyncSession, rows: Sequence[Any], call: Call) -> list[Settled]:
    """Public statements, one by one."""
    rights = Rights(session, call, statements=True)
    done: list[Settled] = []
    for row in rows:
        try:
            said = Statement.model_validate_json(row.wish)
            await rights.to(said.entity_id)
            recorded, _ = await commands.record_statement(session, said, call)
            done.append(_made(session, row, recorded.pledge_id))
        except AppError as error:
            done.append(_refused_now(row, error))
    return done


def _made(session: AsyncSession, row: Any, pledge_id: UUID) -> Settled:
    mark = {"entity_id": row.entity_id, "key": row.key, "digest": row.digest, "pledge_id": pledge_id}
    inserts.later(session, _IMPORTED, mark)
    return Settled(row.number, "made", pledge_id)


def _refused_now(row: Any, error: AppError) -> Settled:
    """What has changed since the check; the row is named, its cells are no longer known."""
    faults = error.fields or (FieldProblem("entity_id", error.detail, "ask who may"),)
    listed = [asdict(Fault(row.place, one.field, one.problem, one.remedy)) for one in faults]
    return Settled(row.number, "bad", faults=json.dumps(listed))
