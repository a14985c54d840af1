"""What becomes of the rows of an import: by the rules of the registry, and by what was imported before."""

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.authority import standing
from services.pledges.exchange import checking
from services.pledges.exchange.checking import Checked
from services.pledges.exchange.files import Fault
from services.pledges.exchange.models import Imported, ImportJob, ImportRow
from services.pledges.registry import commands, lifecycle, proxies
from services.pledges.registry.commands import Ready
from services.pledges.registry.models import Pledge, PublicPledge
from services.pledges.registry.proxies import Filed
from services.pledges.registry.schemas import NewPledge, Statement
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared import inserts
from shared.errors import AppError, FieldProblem

# the rows of an import are made in shares of their own: while the database writes of one, the next is made ready
SHARES, BLOCK = 3, 200  # the first rows are of the first share, as many of the second, and so on

_ROWS, _IMPORTED = core(ImportRow), core(Imported)
# each mark is looked up by itself: of a long list, the planner might rather read the whole table
_IMPORTED_BEFORE = text("""
select wanted.entity_id, wanted.key, found.digest, found.pledge_id
from unnest(cast(:entities as text[]), cast(:keys as text[])) as wanted (entity_id, key)
cross join lateral (
    select digest, pledge_id from imported where entity_id = wanted.entity_id and key = wanted.key limit 1
) as found
""")
_NAMED_BEFORE = text("""
select wanted.entity_id, wanted.key, found.digest, found.place
from unnest(cast(:entities as text[]), cast(:keys as text[])) as wanted (entity_id, key)
cross join lateral (
    select digest, place from import_row
    where import_id = :id and entity_id = wanted.entity_id and key = wanted.key and state <> 'bad' limit 1
) as found
""")
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

Mark = tuple[str, str]  # entity and key


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
    rights, before = Rights(session, call, job.statements), await _before(session, job.import_id, checked)
    rows = []
    for number, one in enumerate(checked, start=begin):
        await asyncio.sleep(0)  # so that the loop reads what the reader says of the next ones
        row = {"import_id": job.import_id, "number": number, **await _checked(session, rights, before, one)}
        before.seen(one, row)
        rows.append(row)
        inserts.later(session, _ROWS, row)
    return rows


@dataclass
class Before:
    """What was there: made by imports, named in this file, or a pledge of the registry."""

    imported: dict[Mark, tuple[bytes, UUID | None]]
    named: dict[Mark, tuple[bytes, str]]
    pledges: dict[tuple[str, UUID], set[bytes]]

    def seen(self, one: Checked, row: dict[str, Any]) -> None:
        if row["state"] == "good":
            self.named.setdefault((row["entity_id"], row["key"]), (one.digest, one.place))


async def _before(session: AsyncSession, import_id: UUID, checked: Sequence[Checked]) -> Before:
    good = [one for one in checked if one.wish is not None]
    marks = [_mark(one) for one in good]
    ids = [one.pledge_id for one in good if one.pledge_id]
    earlier = await session.execute(_NAMED_BEFORE, {"id": import_id, **_lists(marks)})
    named = {(row.entity_id, row.key): (row.digest, row.place) for row in earlier}
    return Before(await imported(session, marks), named, await _pledges(session, ids) if ids else {})


def _mark(one: Checked) -> Mark:
    if one.wish is None:
        return "", ""
    return one.entity_id, f"pledge {one.pledge_id}" if one.pledge_id else one.key


def _lists(marks: Collection[Mark]) -> dict[str, list[str]]:
    return {"entities": [entity_id for entity_id, _ in marks], "keys": [key for _, key in marks]}


async def imported(session: AsyncSession, marks: Collection[Mark]) -> dict[Mark, tuple[bytes, UUID | None]]:
    found = await session.execute(_IMPORTED_BEFORE, _lists(marks))
    return {(row.entity_id, row.key): (row.digest, row.pledge_id) for row in found}


async def _pledges(session: AsyncSession, ids: list[UUID]) -> dict[tuple[str, UUID], set[bytes]]:
    """By entity and id: the digests of the working copy and of what is public."""
    query = (
        select(col(Pledge.entity_id), col(Pledge.pledge_id), col(Pledge.content), col(PublicPledge.snapshot))
        .outerjoin(PublicPledge, col(PublicPledge.pledge_id) == col(Pledge.pledge_id))
        .where(col(Pledge.pledge_id).in_(ids))
    )
    return {
        (row.entity_id, row.pledge_id): {checking.digest_of(text) for text in (row.content, row.snapshot) if text}
        for row in await session.execute(query)
    }


async def _checked(session: AsyncSession, rights: Rights, before: Before, one: Checked) -> dict[str, Any]:
    if one.wish is None:
        return _row(one, "bad", one.faults)
    try:
        filed = await rights.to(one.entity_id, one.proxy_entity_id)
        if fault := _other(before, one):
            return _row(one, "bad", [fault])
        if known := _known(before, one):
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


def _known(before: Before, one: Checked) -> tuple[UUID | None] | None:
    """The pledge that it is already, or that an earlier row of the file will be."""
    if one.pledge_id and one.digest in before.pledges.get((one.entity_id, one.pledge_id), ()):
        return (one.pledge_id,)
    if found := before.imported.get(_mark(one)):
        return (found[1],)
    return (None,) if _mark(one) in before.named else None


def _other(before: Before, one: Checked) -> Fault | None:
    """Named as something that is there, and yet another content."""
    mark, field_ = _mark(one), "pledge_id" if one.pledge_id else "external_ids.0.id"
    there = before.pledges.get((one.entity_id, one.pledge_id)) if one.pledge_id else None
    remedy = "an import makes new pledges only: change the pledge itself, or name this one differently"
    problem = ""
    if there is not None:
        problem = "" if one.digest in there else f"is pledge {one.pledge_id} already, and this row differs from it"
    elif (found := before.imported.get(mark)) and found[0] != one.digest:
        problem = f"was imported before as pledge {found[1]}, and this row differs from that"
    elif (named := before.named.get(mark)) and named[0] != one.digest:
        problem = f"is also in row {named[1]}, with another content"
    return one.refused(FieldProblem(field_, problem, remedy)) if problem else None


def _row(one: Checked, state: str, faults: Sequence[Fault] = (), pledge_id: UUID | None = None) -> dict[str, Any]:
    entity_id, key = _mark(one)
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
    there = await imported(session, [(row.entity_id, row.key) for row in rows])
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
