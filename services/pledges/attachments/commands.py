"""Taking files in, and removing them. Each runs in the caller's transaction and never commits."""

from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.attachments.models import Attachment
from services.pledges.attachments.schemas import AttachmentOut
from services.pledges.registry import lifecycle, proxies, records
from services.pledges.registry.records import Present
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared.errors import Conflict, Forbidden, NotFound
from shared.files import loose
from shared.files.receiving import Received

MOST = 50  # files of one pledge that are not removed

_ADD = insert(core(Attachment))
_COUNT = (
    select(func.count())
    .select_from(core(Attachment))
    .where(col(Attachment.pledge_id) == bindparam("id"), col(Attachment.removed_at).is_(None))
)
_OF = select(Attachment).where(
    col(Attachment.attachment_id) == bindparam("id"), col(Attachment.pledge_id) == bindparam("of")
)
_REMOVE = (
    update(core(Attachment)).where(col(Attachment.attachment_id) == bindparam("id")).values(removed_at=bindparam("now"))
)


async def permit(session: AsyncSession, pledge_id: UUID, call: Call, *, lock: bool = False) -> str:
    """May a file be sent to this pledge, and in which role? Asked before one is read.

    Raises NotFound, Forbidden, Conflict.
    """
    found, role = await _writable(session, pledge_id, call, lock=lock)
    if found.state == "closed":
        raise Conflict("It is closed, and takes no more files.")
    if int(await session.scalar(_COUNT, {"id": pledge_id}) or 0) >= MOST:
        raise Conflict(f"It has {MOST} files; remove one that is not needed.")
    return role


async def attach(session: AsyncSession, pledge_id: UUID, name: str, file: Received, call: Call) -> AttachmentOut:
    """The object `name` holds the bytes of `file`. Raises NotFound, Forbidden, Conflict."""
    role = await permit(session, pledge_id, call, lock=True)
    await loose.hold(session, name, call.moment.system)
    row = {
        "attachment_id": uuid7(),
        "pledge_id": pledge_id,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "by": role,
        "uploaded_at": call.now,
    }
    own = {"object": name, "person_id": call.actor.person, "recorded_at": call.moment.system}
    await session.execute(_ADD, row | own)
    return AttachmentOut.model_validate(row)


async def remove(session: AsyncSession, pledge_id: UUID, attachment_id: UUID, call: Call) -> AttachmentOut:
    """A file that no version and no report has shown, and that the working copy does not point at.

    Raises NotFound, Forbidden, Conflict.
    """
    found, role = await _writable(session, pledge_id, call, lock=True)
    file = await session.scalar(_OF, {"id": attachment_id, "of": pledge_id})
    if file is None:
        raise NotFound("This pledge has no such file.")
    if role == "proxy" and file.by != "proxy":
        raise Forbidden("Its entity sent it: only they remove it.")
    if file.public_since:
        raise Conflict("It is public: what was published stays.")
    if found.content.attachment == attachment_id:
        raise Conflict("The pledge points at it: save the pledge without it first.")
    if file.removed_at is None:
        await session.execute(_REMOVE, {"id": attachment_id, "now": call.now})
        await loose.let_go(session, file.object, call.moment.system)
    return AttachmentOut.model_validate(file.model_dump() | {"removed_at": file.removed_at or call.now})


async def _writable(session: AsyncSession, pledge_id: UUID, call: Call, *, lock: bool) -> tuple[Present, str]:
    """For whoever may save the pledge. Its entity sends files at other times too: as evidence for its reports."""
    found = await records.present(session, pledge_id, lock=lock)
    who, by = await proxies.acting(session, call.actor, found, "save", call.now)
    if by == "proxy":
        lifecycle.follows("save", found.state, version=found.version)
    return found, proxies.role(who, by)
