"""What other parts of a pledge do with its files: point at them, and make them public."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
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


async def require(session: AsyncSession, pledge_id: UUID | None, attachment_id: UUID, field: str) -> None:
    """Raises Invalid, naming `field`, unless it is a file of this pledge that was not removed.

    The caller holds the pledge's lock: nobody removes the file meanwhile.
    """
    if (await session.execute(_FILE, {"id": attachment_id, "of": pledge_id})).first() is None:
        raise _no_file(field)


async def publish(session: AsyncSession, pledge_id: UUID, attachment_id: UUID, field: str, now: datetime) -> Attached:
    """From `now` (business time) on anybody may read it. Otherwise as `require`."""
    found = (await session.execute(_PUBLISH, {"id": attachment_id, "of": pledge_id, "now": now})).first()
    if found is None:
        raise _no_file(field)
    return Attached.model_validate(found._asdict())


def _no_file(field: str) -> Invalid:
    remedy = "upload it first: POST /pledges/{pledge_id}/attachments"
    return Invalid("It points at no file of this pledge.", [FieldProblem(field, "is no file of this pledge", remedy)])
