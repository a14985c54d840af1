"""What of an import is there already: made by imports before, named in the same file, or a pledge of the registry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.exchange import checking
from services.pledges.exchange.checking import Checked
from services.pledges.exchange.files import Fault
from services.pledges.registry.models import Pledge, PublicPledge
from shared.errors import FieldProblem

Mark = tuple[str, str]  # entity and key

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


@dataclass
class Earlier:
    """By mark, digest and pledge; by mark, digest and row; by entity and id, digests."""

    imported: dict[Mark, tuple[bytes, UUID | None]]
    named: dict[Mark, tuple[bytes, str]]
    pledges: dict[tuple[str, UUID], set[bytes]]

    def seen(self, one: Checked, row: dict[str, Any]) -> None:
        if row["state"] == "good":
            self.named.setdefault((row["entity_id"], row["key"]), (one.digest, one.place))

    def known(self, one: Checked) -> tuple[UUID | None] | None:
        """The pledge that it is already, or that an earlier row of the file will be."""
        if one.pledge_id and one.digest in self.pledges.get((one.entity_id, one.pledge_id), ()):
            return (one.pledge_id,)
        if found := self.imported.get(mark_of(one)):
            return (found[1],)
        return (None,) if mark_of(one) in self.named else None

    def other(self, one: Checked) -> Fault | None:
        """Named as something that is there, and yet another content."""
        mark, field_ = mark_of(one), "pledge_id" if one.pledge_id else "external_ids.0.id"
        there = self.pledges.get((one.entity_id, one.pledge_id)) if one.pledge_id else None
        remedy = "an import makes new pledges only: change the pledge itself, or name this one differently"
        problem = ""
        if there is not None:
            problem = "" if one.digest in there else f"is pledge {one.pledge_id} already, and this row differs from it"
        elif (found := self.imported.get(mark)) and found[0] != one.digest:
            problem = f"was imported before as pledge {found[1]}, and this row differs from that"
        elif (named := self.named.get(mark)) and named[0] != one.digest:
            problem = f"is also in row {named[1]}, with another content"
        return one.refused(FieldProblem(field_, problem, remedy)) if problem else None


async def found(session: AsyncSession, import_id: UUID, checked: Sequence[Checked]) -> Earlier:
    """What these records may be already; `import_id`: of the import whose earlier rows count."""
    good = [one for one in checked if one.wish is not None]
    marks = [mark_of(one) for one in good]
    ids = [one.pledge_id for one in good if one.pledge_id]
    there = await session.execute(_NAMED_BEFORE, {"id": import_id, **_lists(marks)})
    named = {(row.entity_id, row.key): (row.digest, row.place) for row in there}
    return Earlier(await imported(session, marks), named, await _pledges(session, ids) if ids else {})


def mark_of(one: Checked) -> Mark:
    if one.wish is None:
        return "", ""
    return one.entity_id, f"pledge {one.pledge_id}" if one.pledge_id else one.key


def _lists(marks: Collection[Mark]) -> dict[str, list[str]]:
    return {"entities": [entity_id for entity_id, _ in marks], "keys": [key for _, key in marks]}


async def imported(session: AsyncSession, marks: Collection[Mark]) -> dict[Mark, tuple[bytes, UUID | None]]:
    """By mark, as what it was imported, and which pledge it became."""
    there = await session.execute(_IMPORTED_BEFORE, _lists(marks))
    return {(row.entity_id, row.key): (row.digest, row.pledge_id) for row in there}


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
