"""Taking files in, and removing them. Each runs in the caller's transaction and never commits."""

from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.attachments import queries
from services.network_support.attachments.models import Attachment
from services.network_support.merging import queries as merging
from services.network_support.requests.models import SupportRequest
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict
from shared.files import loose
from shared.files.receiving import Received

MOST = 100  # files of one request, with those of its mails
ENDS = frozenset({"refused", "withdrawn", "closed"})

_COUNT = (
    select(func.count())
    .select_from(Attachment)
    .where(col(Attachment.request_id) == bindparam("of"), col(Attachment.removed_at).is_(None))
)


async def require_room(session: AsyncSession, request: SupportRequest) -> None:
    """May it take one more file? Asked before one is read, and again when it is there. Raises Conflict."""
    await merging.require_unmerged(session, request)
    if request.state in ENDS:
        raise Conflict(f"The request is {request.state}, and takes no more files.")
    if int(await session.scalar(_COUNT, {"of": request.request_id}) or 0) >= MOST:
        raise Conflict(f"The request has {MOST} files already.")


async def attach(
    session: AsyncSession,
    request: SupportRequest,
    name: str,
    file: Received,
    author: Author,
    moment: Moment,
    message: int | None = None,
) -> Attachment:
    """The object `name` holds the bytes of `file`, which came with a `message` or by itself.

    The request is locked, and does not change. Raises Conflict.
    """
    await require_room(session, request)
    await loose.hold(session, name, moment.system)
    made = Attachment(
        attachment_id=uuid7(),
        request_id=request.request_id,
        object=name,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        person=author.person_id,
        message=message,
        by=author.by,
        uploaded_at=moment.business,
        recorded_at=moment.system,
    )
    session.add(made)
    await session.flush()
    return made


async def remove(session: AsyncSession, request: SupportRequest, attachment_id: UUID, moment: Moment) -> Attachment:
    """Of a draft: what was sent stays. Its bytes go within some hours. Raises NotFound, Conflict."""
    if request.state != "draft":
        raise Conflict("The request was sent: its files stay with it.")
    file = await queries.one(session, request.request_id, attachment_id)
    file.removed_at = moment.business
    await session.flush()
    await loose.let_go(session, file.object, moment.system)
    return file
