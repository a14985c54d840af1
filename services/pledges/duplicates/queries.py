"""Finds pledges that may be the same one. Few keys, few rows for each: the work is bounded whatever there is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import bindparam, cast, select, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.duplicates import keys, texts
from services.pledges.duplicates.likeness import LEAST, Likeness, Why, compare
from services.pledges.duplicates.models import PledgeMerge
from services.pledges.duplicates.schemas import Candidate, DuplicateReason, Merged, MergedPage
from services.pledges.duplicates.texts import Said
from services.pledges.duplicates.words import says
from services.pledges.registry.content import Content
from services.pledges.registry.models import PublicPledge
from services.pledges.registry.schemas import State
from shared.events.common import EntityRef
from shared.events.pledges import ExternalId
from shared.web import pagination

SHOWN = 10
EACH = 20  # rows of one key: an entity may have thousands of pledges that share it
MOST = 50  # rows that are read and compared

_NEAR = """
with near as (
    select pledge_id, bool_or(key = any(cast(:certain as bigint[]))) as certain, count(*) as shared
    from unnest(cast(:keys as bigint[])) as wanted (wanted_key)
    cross join lateral (
        select key, pledge_id from {} where key = wanted_key order by pledge_id desc limit :each
    ) found
    where pledge_id is distinct from cast(:besides as uuid)
    group by pledge_id
    order by certain desc, shared desc, pledge_id desc
    limit :most
)
"""
_PUBLIC = text(f"""{_NEAR.format("pledge_key")}
select snapshot from near join public_pledge using (pledge_id)
""")  # noqa: S608 - a table's name, from here
_UNPUBLISHED = text(f"""{_NEAR.format("draft_key")}
select pledge_id, pledge.state, content, entity_id, name, kind, fictional
from near join pledge using (pledge_id) join entity using (entity_id)
""")  # noqa: S608 - likewise
# whoever is merged stands for the one that stays in the end; there is no circle (duplicates/lifecycle.py)
_SURVIVORS = text("""
with recursive chain as (
    select pledge_id as merged_id, into_id from pledge_merge
    where pledge_id = any(cast(:ids as uuid[])) and undone_at is null
    union all
    select chain.merged_id, next.into_id from chain
    join pledge_merge next on next.pledge_id = chain.into_id and next.undone_at is null
)
select merged_id, snapshot from chain join public_pledge on public_pledge.pledge_id = into_id
where not public_pledge.merged
""")


@dataclass(frozen=True)
class Asked:
    """What is asked about; `insider`: the asker may see what the entity has not published."""

    entity_id: str
    content: Content
    pledge_id: UUID | None = None
    insider: bool = False


class _Period(BaseModel):
    start: str | None = None
    end: str | None = None


class _Target(BaseModel):
    value: Decimal | None = None


class _Translation(BaseModel):
    language: str
    title: str
    description: str = ""


class Read(BaseModel):
    """As much of a stored pledge as is compared and shown: much cheaper to read than the whole."""

    title: str
    description: str
    language: str
    objectives: list[str]
    forms: list[str]
    partner_entities: list[str] = []
    period: _Period
    targets: list[_Target]
    translations: list[_Translation] = []
    external_ids: list[ExternalId] = []


class PublicRead(Read):
    pledge_id: UUID
    entity: EntityRef
    state: State
    merged: bool = False


async def candidates(session: AsyncSession, asked: Asked) -> list[Candidate]:
    """The likeliest first. The same question on the same data has the same answer, in the same order."""
    mine = texts.said(asked.entity_id, asked.content)
    found = await _public(session, asked, mine)
    if asked.insider:
        found += await _unpublished(session, asked, mine)
    best: dict[UUID, Candidate] = {}
    for one in sorted(found, key=_likeliest):
        best.setdefault(one.pledge_id, one)
    return [one for one in best.values() if one.score >= LEAST and one.pledge_id != asked.pledge_id][:SHOWN]


def _likeliest(one: Candidate) -> tuple[int, bool, UUID]:
    return -one.score, not one.is_public, one.pledge_id


async def _public(session: AsyncSession, asked: Asked, mine: Said) -> list[Candidate]:
    rows = await _near(session, _PUBLIC, keys.public(mine), asked, mine)
    read = [PublicRead.model_validate_json(row.snapshot) for row in rows]
    survivors = await _survivors(session, [one.pledge_id for one in read if one.merged])
    return [alike(mine, one, survivors.get(one.pledge_id)) for one in read]


async def _survivors(session: AsyncSession, merged: Collection[UUID]) -> dict[UUID, PublicRead]:
    if not merged:
        return {}
    rows = await session.execute(_SURVIVORS, {"ids": list(merged)})
    return {row.merged_id: PublicRead.model_validate_json(row.snapshot) for row in rows}


async def _unpublished(session: AsyncSession, asked: Asked, mine: Said) -> list[Candidate]:
    """Of the entity itself only, whatever its partners write."""
    rows = await _near(session, _UNPUBLISHED, keys.unpublished(mine), asked, mine)
    return [_working_copy(mine, row) for row in rows if row.entity_id == asked.entity_id]


async def _near(
    session: AsyncSession, statement: Any, wanted: Iterable[int], asked: Asked, mine: Said
) -> Iterable[Any]:
    values = {"keys": sorted(wanted), "certain": sorted(keys.certain(mine)), "each": EACH, "most": MOST}
    return await session.execute(statement, values | {"besides": asked.pledge_id})


def alike(mine: Said, other: PublicRead, survivor: PublicRead | None = None) -> Candidate:
    """`survivor`: the pledge that `other` was merged into."""
    found = compare(mine, texts.said(other.entity.entity_id, other))
    if survivor:
        found = Likeness(found.score, (*found.reasons, Why("merged_here", {"pledge": str(other.pledge_id)})))
    return _candidate(survivor or other, found)


def _candidate(shown: PublicRead, found: Likeness) -> Candidate:
    return Candidate(
        pledge_id=shown.pledge_id,
        entity=shown.entity,
        title=shown.title,
        language=shown.language,
        state=shown.state,
        is_public=True,
        score=found.score,
        reasons=_reasons(found),
    )


def _working_copy(mine: Said, row: Any) -> Candidate:
    read = Read.model_validate_json(row.content)
    found = compare(mine, texts.said(row.entity_id, read))
    return Candidate(
        pledge_id=row.pledge_id,
        entity=EntityRef(entity_id=row.entity_id, name=row.name, kind=row.kind, fictional=row.fictional),
        title=read.title,
        language=read.language,
        state=row.state,
        is_public=False,
        score=found.score,
        reasons=_reasons(found),
    )


def _reasons(found: Likeness) -> list[DuplicateReason]:
    return [DuplicateReason(code=why.code, parameters=why.parameters, says=says(why)) for why in found.reasons]


_DOCUMENT = cast(col(PublicPledge.snapshot), JSON)
_MERGED = (
    select(
        *(col(PledgeMerge.pledge_id), col(PledgeMerge.merge_id), col(PledgeMerge.merged_at), col(PublicPledge.title)),
        *(_DOCUMENT["entity"].label("entity"), _DOCUMENT["external_ids"].label("external_ids")),
    )
    .join(PublicPledge, col(PublicPledge.pledge_id) == col(PledgeMerge.pledge_id))
    .where(col(PledgeMerge.into_id) == bindparam("into_id"), col(PledgeMerge.undone_at).is_(None))
)
_NEWEST = pagination.Order({col(PledgeMerge.merge_id): UUID}, newest_first=True)


async def merged(session: AsyncSession, into_id: UUID, limit: int, cursor: str | None) -> MergedPage:
    """The pledges that were merged into this one, newest first."""
    query = _MERGED.params(into_id=into_id)
    rows, more = await pagination.page(session, query, _NEWEST, f"merged {into_id}", limit, cursor)
    items = [Merged.model_validate({**row._asdict(), "external_ids": row.external_ids or []}) for row in rows]
    return MergedPage(items=items, next=more)
