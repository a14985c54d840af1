"""Rows of pledges: statements built once, and the row that a write begins with."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.registry.models import Pledge, PledgeHistory, PledgeVersion, PublicHistory, PublicPledge
from services.pledges.registry.schemas import Content, State
from shared.errors import NotFound
from shared.events.common import Change
from shared.events.pledges import PledgeEvent, PledgeSnapshot
from shared.messaging import outbox
from shared.messaging.subscriptions import Moment

ADD_PLEDGE = insert(Pledge)
ADD_STEP = insert(PledgeHistory)
ADD_VERSION = insert(PledgeVersion)
ADD_PUBLIC = insert(PublicPledge)
ADD_PUBLIC_STEP = insert(PublicHistory)
_CHANGE = (
    update(Pledge)
    .where(col(Pledge.pledge_id) == bindparam("id"))
    .values({name: bindparam(name) for name in ("revision", "state", "title", "content", "updated_at")})
)
_PLAIN = ("state", "closed_reason", "version", "sequence", "title", "kind", "objectives", "forms", "review_cycle")
_PUBLIC_FIELDS = (*_PLAIN, "published_at", "status", "last_reported_at", "reports", "snapshot")
_CHANGE_PUBLIC = (
    update(PublicPledge)
    .where(col(PublicPledge.pledge_id) == bindparam("id"))
    .values({name: bindparam(name) for name in _PUBLIC_FIELDS})
)
# the row lock keeps writers of one pledge in line, and so its events in the order of its revisions
_PRESENT = (
    select(Pledge, col(PublicPledge.snapshot))
    .outerjoin(PublicPledge, col(PublicPledge.pledge_id) == col(Pledge.pledge_id))
    .where(col(Pledge.pledge_id) == bindparam("id"))
)
_LOCKED = _PRESENT.with_for_update(of=Pledge)


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

    @property
    def version(self) -> int:
        return self.public.version if self.public else 0


async def present(session: AsyncSession, pledge_id: UUID, *, lock: bool = False) -> Present:
    """Raises NotFound. With `lock`, other writers of this pledge wait until the transaction ends."""
    row = (await session.execute(_LOCKED if lock else _PRESENT, {"id": pledge_id})).first()
    if row is None:
        raise NotFound("There is nothing at this address, or you may not see it.")
    pledge: Pledge = row[0]
    return Present(
        pledge.pledge_id,
        pledge.entity_id,
        pledge.revision,
        pledge.state,  # type: ignore[arg-type] # the table's check allows no other
        Content.model_validate_json(pledge.content),
        pledge.created_at,
        pledge.updated_at,
        PledgeSnapshot.model_validate_json(row.snapshot) if row.snapshot else None,
    )


async def change(session: AsyncSession, found: Present, state: State, content: Content, now: datetime) -> Present:
    """Writes the next revision of the working copy; the caller holds the row's lock."""
    row = {
        "id": found.pledge_id,
        "revision": found.revision + 1,
        "state": state,
        "title": content.title,
        "content": content.model_dump_json(),
        "updated_at": now,
    }
    await session.execute(_CHANGE, row)
    return replace(found, revision=found.revision + 1, state=state, content=content, updated_at=now)


def with_public(done: Present, snapshot: PledgeSnapshot) -> Present:
    return replace(done, public=snapshot)


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


async def make_public(session: AsyncSession, snapshot: PledgeSnapshot, step: Change, moment: Moment) -> None:
    """The next public record of a pledge: its row, its step and its event, in the caller's transaction."""
    if snapshot.sequence == 1:
        await _add_public(session, snapshot)
    else:
        await change_public(session, snapshot)
    await session.execute(ADD_PUBLIC_STEP, _public_step(snapshot, step))
    event = PledgeEvent(pledge=snapshot, change=step)
    await outbox.add(session, f"pledge.{step.action}.v1", str(snapshot.pledge_id), event, moment.system)


async def change_public(session: AsyncSession, snapshot: PledgeSnapshot) -> None:
    """The public row as the snapshot says; the caller holds the pledge's lock and writes the event."""
    await session.execute(_CHANGE_PUBLIC, public_row(snapshot) | {"id": snapshot.pledge_id})


async def _add_public(session: AsyncSession, snapshot: PledgeSnapshot) -> None:
    first = {"pledge_id": snapshot.pledge_id, "entity_id": snapshot.entity.entity_id}
    first |= {"entity_kind": snapshot.entity.kind, "first_published_at": snapshot.first_published_at}
    await session.execute(ADD_PUBLIC, public_row(snapshot) | first)


def _public_step(snapshot: PledgeSnapshot, step: Change) -> dict[str, Any]:
    return {
        "pledge_id": snapshot.pledge_id,
        "sequence": snapshot.sequence,
        "version": snapshot.version,
        **step.model_dump(),
    }
