"""Rows of pledges: statements built once, and the row that a write begins with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.duplicates import index
from services.pledges.registry.content import STORED, Content
from services.pledges.registry.models import (
    Pledge,
    PledgeHistory,
    PledgeVersion,
    PublicHistory,
    PublicPledge,
)
from services.pledges.registry.schemas import ProxyAnswer, State
from services.pledges.search import index as search
from services.pledges.statistics import rollups as statistics
from services.pledges.tables import core
from shared import inserts
from shared.clock import Moment
from shared.errors import NotFound
from shared.events.common import Change
from shared.events.pledges import PledgeEvent, PledgeSnapshot
from shared.messaging import outbox

HISTORY, VERSIONS, _PUBLIC_HISTORY = core(PledgeHistory), core(PledgeVersion), core(PublicHistory)
_PLEDGES = core(Pledge)
_ADD_PUBLIC = insert(core(PublicPledge))
_CHANGE = (
    update(core(Pledge))
    .where(col(Pledge.pledge_id) == bindparam("id"))
    .values({name: bindparam(name) for name in ("revision", "state", "title", "content", "updated_at", "proxy_answer")})
)
_PLAIN = ("state", "closed_reason", "merged", "version", "sequence", "title", "kind", "objectives", "review_cycle")
_PUBLIC_FIELDS = (*_PLAIN, "published_at", "status", "last_reported_at", "reports", "snapshot")
_CHANGE_PUBLIC = (
    update(core(PublicPledge))
    .where(col(PublicPledge.pledge_id) == bindparam("id"))
    .values({name: bindparam(name) for name in _PUBLIC_FIELDS})
    # None: what is public changes, but not by an edit
    .values(revision=func.coalesce(bindparam("revision"), col(PublicPledge.revision)))
)
_LOCK = (
    select(col(Pledge.pledge_id))
    .where(col(Pledge.pledge_id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Pledge.pledge_id))
    .with_for_update()
)
_PLEDGE = select(core(Pledge)).where(col(Pledge.pledge_id) == bindparam("id"))
_SNAPSHOT = select(col(PublicPledge.snapshot)).where(col(PublicPledge.pledge_id) == bindparam("id"))


@dataclass(frozen=True)
class Proxy:
    """Who filed a pledge in its entity's name, and what the entity says of that."""

    entity_id: str
    answer: ProxyAnswer


class Head(Protocol):
    """Which pledge it is, and where it stands."""

    @property
    def pledge_id(self) -> UUID: ...
    @property
    def entity_id(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def state(self) -> State: ...
    @property
    def proxy(self) -> Proxy | None: ...


@dataclass(frozen=True)
class New:
    """A pledge that is written for the first time. `content` is JSON; `at` is business time."""

    entity_id: str
    state: State
    title: str
    content: str
    at: datetime
    proxy: Proxy | None = None
    pledge_id: UUID = field(default_factory=uuid7)
    revision: int = 1


@dataclass(frozen=True)
class Present:
    """A pledge as it is now: its working copy, and what is public of it."""

    pledge_id: UUID
    entity_id: str
    revision: int
    state: State
    content: Content
    created_at: datetime
    updated_at: datetime
    public: PledgeSnapshot | None
    proxy: Proxy | None = None

    @property
    def version(self) -> int:
        return self.public.version if self.public else 0

    @property
    def unpublished(self) -> Content | None:
        """What is worked on; None when that is what is public."""
        return None if self.state in {"published", "closed"} else self.content


async def present(session: AsyncSession, pledge_id: UUID, *, lock: bool = False) -> Present:
    """Raises NotFound. With `lock`, other writers of this pledge wait until the transaction ends.

    The locks keep the events of a pledge in the order of its revisions and sequences. They are two statements: one
    that waits for a lock on the first table would go on with the second table's row from before the wait.
    """
    pledge, public = (_PLEDGE.with_for_update(), _SNAPSHOT.with_for_update()) if lock else (_PLEDGE, _SNAPSHOT)
    row = (await session.execute(pledge, {"id": pledge_id})).first()
    if row is None:
        raise NotFound("There is nothing at this address, or you may not see it.")
    snapshot = await session.scalar(public, {"id": pledge_id})
    return Present(
        row.pledge_id,
        row.entity_id,
        row.revision,
        row.state,
        Content.model_validate_json(row.content, context=STORED),
        row.created_at,
        row.updated_at,
        PledgeSnapshot.model_validate_json(snapshot) if snapshot else None,
        Proxy(row.proxy_entity_id, row.proxy_answer) if row.proxy_entity_id else None,
    )


async def lock(session: AsyncSession, pledge_ids: Collection[UUID]) -> None:
    """Of several pledges at once, in one order: two that point one pledge at another wait, and none for ever."""
    await session.execute(_LOCK, {"ids": list(pledge_ids)})


async def public(session: AsyncSession, pledge_id: UUID) -> PledgeSnapshot | None:
    """What everybody may see of it; None when it was never published."""
    snapshot = await session.scalar(_SNAPSHOT, {"id": pledge_id})
    return PledgeSnapshot.model_validate_json(snapshot) if snapshot else None


def begin(session: AsyncSession, made: Sequence[New]) -> None:
    """New working copies. Whoever refers to one in the same transaction sends first: shared/inserts.py."""
    for one in made:
        row = {
            "pledge_id": one.pledge_id,
            "entity_id": one.entity_id,
            "revision": one.revision,
            "state": one.state,
            "title": one.title,
            "content": one.content,
            "created_at": one.at,
            "updated_at": one.at,
            "proxy_entity_id": one.proxy and one.proxy.entity_id,
            "proxy_answer": one.proxy and one.proxy.answer,
        }
        inserts.later(session, _PLEDGES, row)


async def change(session: AsyncSession, found: Present, state: State, content: Content, now: datetime) -> Present:
    """Writes the next revision of the working copy; the caller holds the row's lock."""
    row = {
        "id": found.pledge_id,
        "revision": found.revision + 1,
        "state": state,
        "title": content.title,
        "content": content.model_dump_json(),
        "updated_at": now,
        "proxy_answer": found.proxy.answer if found.proxy else None,
    }
    await session.execute(_CHANGE, row)
    return replace(found, revision=found.revision + 1, state=state, content=content, updated_at=now)


async def make_public(
    session: AsyncSession, done: Present, snapshot: PledgeSnapshot, step: Change, moment: Moment, *, edit: bool = True
) -> Present:
    """The next public record of a pledge: its rows, its step and its event, in the caller's transaction.

    Without `edit`, the ETag of what is public stays: a report is no edit of the pledge.
    """
    if done.public is None:
        await _add_public(session, snapshot, done.revision)
    else:
        await change_public(session, done.public, snapshot, done.revision if edit else None)
    await statistics.follow(session, done.public, snapshot)
    await index.follow(session, done.public, snapshot)
    inserts.later(session, _PUBLIC_HISTORY, _public_step(snapshot, step))
    event = PledgeEvent(pledge=snapshot, change=step)
    await outbox.add(session, f"pledge.{step.action}.v1", str(snapshot.pledge_id), event, moment.system)
    return replace(done, public=snapshot)


async def change_public(
    session: AsyncSession, old: PledgeSnapshot, new: PledgeSnapshot, revision: int | None = None
) -> None:
    """The public row as the new snapshot says; the caller holds its lock and writes the event."""
    await session.execute(_CHANGE_PUBLIC, public_row(new) | {"id": new.pledge_id, "revision": revision})
    await search.follow(session, old, new)


async def _add_public(session: AsyncSession, snapshot: PledgeSnapshot, revision: int) -> None:
    first = {"pledge_id": snapshot.pledge_id, "entity_id": snapshot.entity.entity_id, "revision": revision}
    first |= {"entity_kind": snapshot.entity.kind, "first_published_at": snapshot.first_published_at}
    await inserts.send(session)  # it refers to the pledge
    await session.execute(_ADD_PUBLIC, public_row(snapshot) | first)
    await search.follow(session, None, snapshot)


def public_row(snapshot: PledgeSnapshot) -> dict[str, Any]:
    """The columns that serve filters and counts, beside the snapshot itself."""
    progress = snapshot.progress
    return {name: getattr(snapshot, name) for name in _PLAIN} | {
        "published_at": snapshot.published_at,
        "status": progress.status,
        "last_reported_at": progress.last_reported_at,
        "reports": progress.reports,
        "snapshot": snapshot.model_dump_json(),
    }


def _public_step(snapshot: PledgeSnapshot, step: Change) -> dict[str, Any]:
    return {
        "pledge_id": snapshot.pledge_id,
        "sequence": snapshot.sequence,
        "version": snapshot.version,
        **step.model_dump(),
    }
