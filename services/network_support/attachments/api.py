"""Routes of files: in from an entity's people and from staff, out to who may read the request."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.attachments import commands, queries
from services.network_support.attachments.models import Attachment
from services.network_support.attachments.schemas import Attachments, AttachmentView
from services.network_support.memberships import AskingMemberships
from services.network_support.requests.answering import ActingFor, EitherSide, SignedIn, readable, reader
from services.network_support.requests.commands import of_either_side, of_entity
from shared import authors
from shared.files import loose, names
from shared.files.receiving import received
from shared.files.web import BODY, FILE, Kept, Named, download
from shared.web.app import Using
from shared.web.limits import LARGEST_FILE
from shared.web.writing import Answer, Once

router = APIRouter(tags=["requests: files"])

LARGER = {("POST", "/requests/[^/]+/attachments"): LARGEST_FILE}


@router.post(
    "/requests/{request_id}/attachments",
    status_code=201,
    response_model=AttachmentView,
    openapi_extra=BODY,
    summary="Send a file",
)
async def upload(
    *,
    request_id: UUID,
    request: Request,
    actor: SignedIn,
    side: EitherSide,
    once: Once,
    parts: Using,
    store: Kept,
    content_disposition: Named = None,
) -> Response:
    """The bytes are the body, at most 25 MiB. Its kind is told by its content alone.

    For focal points and delegates of the entity and, once the request was sent, for Network staff.
    """
    moment = parts.clock.moment()

    async def room(session: AsyncSession) -> None:
        await commands.require_room(session, await of_either_side(session, side, request_id, moment))

    await once.permitted(actor, room)
    async with received(names.sent(content_disposition), request.stream()) as file:
        async with parts.database.transaction() as session:
            name = await loose.announce(session, moment.system)
        await store.put(name, file.file)

        async def write(session: AsyncSession) -> Answer:
            found = await of_either_side(session, side, request_id, moment)
            author = authors.staff_or_entity(actor)
            return _answer(await commands.attach(session, found, name, file, author, moment), 201)

        return await once(actor, write, body=f"{file.name}\n{file.sha256}".encode())


@router.get("/requests/{request_id}/attachments", summary="Its files, the oldest first")
async def files(request_id: UUID, actor: SignedIn, memberships: AskingMemberships, parts: Using) -> Attachments:
    """For the entity's members, Network staff and reviewers; to others it does not exist."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        await readable(session, request_id, acting, parts)
        return await queries.files(session, request_id)


@router.get(
    "/requests/{request_id}/attachments/{attachment_id}",
    response_class=Response,
    responses=FILE,
    summary="A file of a request",
)
async def file_of_request(
    *,
    request_id: UUID,
    attachment_id: UUID,
    actor: SignedIn,
    memberships: AskingMemberships,
    parts: Using,
    store: Kept,
) -> Response:
    """For the entity's members, Network staff and reviewers. To be saved: browsers do not show it."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        await readable(session, request_id, acting, parts)
        found = queries.stored(await queries.one(session, request_id, attachment_id))
    return await download(store, found, {"Cache-Control": "no-store"})


@router.post(
    "/requests/{request_id}/attachments/{attachment_id}/remove",
    response_model=AttachmentView,
    summary="Remove a file of a draft",
)
async def remove(
    *, request_id: UUID, attachment_id: UUID, actor: SignedIn, acting: ActingFor, once: Once, parts: Using
) -> Response:
    """For focal points and delegates of the entity. Its bytes are deleted within some hours."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        found = await of_entity(session, acting, request_id, moment)
        return _answer(await commands.remove(session, found, attachment_id, moment))

    return await once(actor, write)


def _answer(file: Attachment, status: int = 200) -> Answer:
    return Answer(status, queries.shown(file).model_dump_json())
