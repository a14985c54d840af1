"""Finds pledges that may be the same one. Few keys, few rows for each: the work is bounded whatever there is."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
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
from shared.events.pledges import ExternalId, PledgeSnapshot
from shared.web import pagination

SHOWN = 10
EACH = 20  # rows of one key: an entity may have thousands of pledges that share it
MOST = 30  # rows that are read and compared

_PUBLIC = text("""
with near as (
    select pledge_id, bool_or(key = any(cast(:certain as bigint[]))) as certain, count(*) as shared
    from unnest(cast(:keys as bigint[])) as wanted (wanted_key)
    cross join lateral (
        select key, pledge_id from pledge_key where key = wanted_key order by pledge_id desc limit :each
    ) found
    where pledge_id is distinct from cast(:besides as uuid)
    group by pledge_id
    order by certain desc, shared desc, pledge_id desc
    limit :most
)
select snapshot from near join public_pledge using (pledge_id)
""")
# drafts have no keys: an entity has few of them, and they are written much more often than they are looked for
_UNPUBLISHED = text("""
select pledge_id, state, content, entity_id, name, kind, fictional
from pledge join entity using (entity_id)
where entity_id = :entity and state in ('draft', 'submitted', 'changes_requested')
  and pledge_id is distinct from cast(:besides as uuid)
order by pledge_id desc limit :most
""")
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


@dataclass(frozen=True)
class _Compared:
    """A pledge that was found, and how alike it is."""

    pledge_id: UUID
    entity: EntityRef
    title: str
    language: str
    state: State
    is_public: bool
    found: Likeness


async def candidates(session: AsyncSession, asked: Asked, language: str) -> list[Candidate]:
    """The likeliest first. The same question on the same data has the same answer, in the same order.

    `language`: one of the six of the United Nations, of the reasons' sentences.
    """
    mine = texts.said(asked.entity_id, asked.content)
    compared = await _public(session, asked, mine)
    if asked.insider:
        compared += await _unpublished(session, asked, mine)
    best: dict[UUID, _Compared] = {}
    for one in sorted(compared, key=_likeliest):
        if one.found.score >= LEAST and one.pledge_id != asked.pledge_id:
            best.setdefault(one.pledge_id, one)
    return [_shown(one, language) for one in islice(best.values(), SHOWN)]


def alike(asked: Said, public: PledgeSnapshot, language: str) -> Candidate:
    """How alike a public pledge is, however little that may be."""
    return _shown(_compare(asked, PublicRead.model_validate(public.model_dump(mode="json")), None), language)


def _likeliest(one: _Compared) -> tuple[int, bool, UUID]:
    return -one.found.score, not one.is_public, one.pledge_id


def _shown(one: _Compared, language: str) -> Candidate:
    reasons = [
        DuplicateReason(code=why.code, parameters=why.parameters, says=says(why, language)) for why in one.found.reasons
    ]
    plain = {name: getattr(one, name) for name in ("pledge_id", "entity", "title", "language", "state", "is_public")}
    return Candidate(**plain, score=one.found.score, reasons=reasons)


async def _public(session: AsyncSession, asked: Asked, mine: Said) -> list[_Compared]:
    values = {"keys": sorted(keys.public(mine)), "certain": sorted(keys.certain(mine)), "each": EACH, "most": MOST}
    rows = await session.execute(_PUBLIC, values | {"besides": asked.pledge_id})
    read = [PublicRead.model_validate_json(row.snapshot) for row in rows]
    survivors = await _survivors(session, [one.pledge_id for one in read if one.merged])
    return [_compare(mine, one, survivors.get(one.pledge_id)) for one in read]


async def _survivors(session: AsyncSession, merged: Collection[UUID]) -> dict[UUID, PublicRead]:
    if not merged:
        return {}
    rows = await session.execute(_SURVIVORS, {"ids": list(merged)})
    return {row.merged_id: PublicRead.model_validate_json(row.snapshot) for row in rows}


async def _unpublished(session: AsyncSession, asked: Asked, mine: Said) -> list[_Compared]:
    """The newest ones, of the entity itself only, whatever its partners write."""
    values = {"entity": asked.entity_id, "besides": asked.pledge_id, "most": MOST}
    return [_compare_draft(mine, row) for row in await session.execute(_UNPUBLISHED, values)]


def _compare(mine: Said, other: PublicRead, survivor: PublicRead | None) -> _Compared:
    """`survivor`: the pledge that `other` was merged into."""
    found, shown = compare(mine, texts.said(other.entity.entity_id, other)), survivor or other
    if survivor:
        found = Likeness(found.score, (*found.reasons, Why("merged_here", {"pledge": str(other.pledge_id)})))
    return _Compared(shown.pledge_id, shown.entity, shown.title, shown.language, shown.state, True, found)


def _compare_draft(mine: Said, row: Any) -> _Compared:
    read = Read.model_validate_json(row.content)
    entity = EntityRef(entity_id=row.entity_id, name=row.name, kind=row.kind, fictional=row.fictional)
    found = compare(mine, texts.said(row.entity_id, read))
    return _Compared(row.pledge_id, entity, read.title, read.language, row.state, False, found)


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
