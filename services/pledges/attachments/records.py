"""What other parts of a pledge do with its files: point at them, and make them public."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.attachments.models import Attachment
from services.pledges.tables import core
from shared.errors import FieldProblem, Invalid
from shared.events.pledges import Attached

_SHOWN = [getattr(core(Attachment).c, name) for name in Attached.model_fields]
_THIS = (
    col(Attachment.attachment_id) == bindparam("id"),
    col(Attachment.pledge_id) == bindparam("of"),
    col(Attachment.removed_at).is_(None),
)
_FILE = select(*_SHOWN).where(*_THIS)
_PUBLISH = (
    update(core(Attachment))
    .where(*_THIS)
    .values(public_since=func.coalesce(col(Attachment.public_since), bindparam("now")))
    .returning(*_SHOWN)
)


_OF_PARTNER = _PUBLISH.where(
    or_(col(Attachment.public_since).is_not(None), and_(col(Attachment.by) == "proxy", bindparam("filed")))
)


async def require(session: AsyncSession, pledge_id: UUID | None, attachment_id: UUID, field: str) -> None:
    """Raises Invalid, naming `field`, unless it is a file of this pledge that was not removed.

    The caller holds the pledge's lock: nobody removes the file meanwhile.
    """
    if (await session.execute(_FILE, {"id": attachment_id, "of": pledge_id})).first() is None:
        raise _no_file(field)


async def publish(session: AsyncSession, pledge_id: UUID, attachment_id: UUID, field: str, now: datetime) -> Attached:
    """From `now` (business time) on anybody may read it. Otherwise as `require`."""
    return await _published(session, _PUBLISH, {"id": attachment_id, "of": pledge_id, "now": now}, field)


async def publish_of_partner(
    session: AsyncSession, pledge_id: UUID, attachment_id: UUID, field: str, now: datetime, *, filed: bool
) -> Attached:
    """As `publish`, by a partner of the pledge: what the entity keeps to itself is not a partner's to publish.

    `filed`: the partner filed the pledge in the entity's name, and may have sent files itself.
    """
    values = {"id": attachment_id, "of": pledge_id, "now": now, "filed": filed}
    return await _published(session, _OF_PARTNER, values, field)


async def _published(session: AsyncSession, statement: Executable, values: Mapping[str, Any], field: str) -> Attached:
    found = (await session.execute(statement, values)).first()
    if found is None:
        raise _no_file(field)
    return Attached.model_validate(found._asdict())


def _no_file(field: str) -> Invalid:
    remedy = "upload it first: POST /pledges/{pledge_id}/attachments"
    return Invalid("It points at no file of this pledge.", [FieldProblem(field, "is no file of this pledge", remedy)])
