"""Writes of pauses. The caller commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.notifications.deliveries.steps import REMINDER
from services.notifications.pauses.lifecycle import LATE, templates
from services.notifications.pauses.models import MailPause
from services.notifications.pauses.schemas import NewPause
from shared.errors import Conflict, NotFound

# a reminder's list is settled with it: the sender skips it by the policy's own rule; what comes together is late by
# the choice of who gets it
_SKIP = text("""
update delivery set state = 'suppressed', reason = 'overdue', next_try_at = null
where state in ('queued', 'deferred') and template not in (:reminder, 'digest') and created_at < :late
  and reason is distinct from 'digest'
  and (cast(:templates as text[]) is null or template = any(cast(:templates as text[])))
""")


async def begin(session: AsyncSession, new: NewPause, person_id: str, at: datetime) -> MailPause:
    """Raises Conflict while that category is paused already."""
    made = MailPause(
        pause_id=uuid7(),
        category=new.category,
        templates=templates(new.category),
        reason=new.reason,
        begun_by=person_id,
        begun_at=at,
    )
    adding = insert(MailPause).values(**made.model_dump()).on_conflict_do_nothing().returning(col(MailPause.pause_id))
    if (await session.execute(adding)).first() is None:
        raise Conflict("Mail of this category is paused already; see GET /pauses.")
    return made


async def end(session: AsyncSession, pause_id: UUID, person_id: str, at: datetime) -> MailPause:
    """What is late by now goes no more, so that the end is no burst of old mail. Raises NotFound, Conflict."""
    found = await session.get(MailPause, pause_id, with_for_update=True)
    if found is None:
        raise NotFound("There is no pause with this id; see GET /pauses.")
    if found.ended_at is not None:
        raise Conflict("This pause has ended already.")
    values = {"reminder": REMINDER.template, "late": at - LATE, "templates": found.templates}
    skipped: Any = await session.execute(_SKIP, values)
    found.ended_at, found.ended_by, found.skipped = at, person_id, skipped.rowcount
    await session.flush()
    return found
