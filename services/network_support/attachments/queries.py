"""Reading files. Who asks, the routes have checked."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.attachments.models import Attachment
from services.network_support.attachments.schemas import Attachments, AttachmentView
from shared.errors import NotFound
from shared.files.web import Stored

_OF = (
    select(Attachment)
    .where(col(Attachment.request_id) == bindparam("of"))
    .order_by(col(Attachment.attachment_id))
    .execution_options(populate_existing=True)
)
_ONE = _OF.where(col(Attachment.attachment_id) == bindparam("id"), col(Attachment.removed_at).is_(None))


async def files(session: AsyncSession, request_id: UUID) -> Attachments:
    """Removed ones too."""
    found = (await session.execute(_OF, {"of": request_id})).scalars()
    return Attachments(items=[shown(file) for file in found])


async def one(session: AsyncSession, request_id: UUID, attachment_id: UUID) -> Attachment:
    """Raises NotFound, also for one that was removed."""
    file = (await session.execute(_ONE, {"of": request_id, "id": attachment_id})).scalar_one_or_none()
    if file is None:
        raise NotFound("This request has no such file.")
    return file


def stored(file: Attachment) -> Stored:
    return Stored(file.object, file.name, file.media_type, file.size, file.sha256)


def shown(file: Attachment) -> AttachmentView:
    return AttachmentView.model_validate(file.model_dump(exclude={"object", "person", "recorded_at"}))
