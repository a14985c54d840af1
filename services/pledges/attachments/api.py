"""Routes of files: in from an entity's people, out to who may read the pledge, always to be saved and never shown."""

from enum import Enum
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.attachments import commands, queries
from services.pledges.attachments.schemas import AttachmentOut, AttachmentPage
from services.pledges.registry import proxies, records
from services.pledges.registry.api import PUBLIC, SignedIn, call_of
from shared.files import loose, names
from shared.files.receiving import received
from shared.files.web import BODY, FILE, Kept, Named, download
from shared.web.app import Using
from shared.web.limits import LARGEST_FILE
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter()

TAGS: list[str | Enum] = ["pledges: files"]
LARGER = {("POST", "/pledges/[^/]+/attachments"): LARGEST_FILE}


@router.post(
    "/pledges/{pledge_id}/attachments",
    tags=TAGS,
    status_code=201,
    response_model=AttachmentOut,
    openapi_extra=BODY,
    summary="Send a file",
)
async def upload(
    pledge_id: UUID,
    request: Request,
    actor: SignedIn,
    once: Once,
    parts: Using,
    store: Kept,
    content_disposition: Named = None,
) -> Response:
    """The bytes are the body, at most 25 MiB. Its kind is told by its content alone.

    For focal points and delegates; also of who filed the pledge in its entity's name, while they may save it. The
    pledge does not change: save its `attachment` as the id that comes back.
    """
    call = call_of(parts, actor)
    await once.permitted(actor, lambda session: commands.permit(session, pledge_id, call))
    async with received(names.sent(content_disposition), request.stream()) as file:
        async with parts.database.transaction() as session:
            name = await loose.announce(session, call.moment.system)
        await store.put(name, file.file)

        async def write(session: AsyncSession) -> Answer:
            done = await commands.attach(session, pledge_id, name, file, call)
            return Answer(201, done.model_dump_json())

        return await once(actor, write, body=f"{file.name}\n{file.sha256}".encode())


@router.get("/pledges/{pledge_id}/attachments", tags=TAGS, summary="Its files, newest first")
async def files(
    pledge_id: UUID,
    request: Request,
    response: Response,
    actor: SignedIn,
    parts: Using,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AttachmentPage:
    """For who may read the working copy, removed ones too; for who filed it, its own and those of the text."""
    async with parts.database.transaction() as session:
        found = await records.present(session, pledge_id)
        who, _ = await proxies.sides(session, actor, found, parts.clock.business())
        page = await queries.files(session, found, limit, cursor, by_filer=not who.may_read)
    response.headers.update(next_link(request, page.next))
    return page


@router.post(
    "/pledges/{pledge_id}/attachments/{attachment_id}/remove",
    tags=TAGS,
    response_model=AttachmentOut,
    summary="Remove a file that was never published",
)
async def remove(pledge_id: UUID, attachment_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For who may send one. Its bytes are deleted within some hours."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return Answer(200, (await commands.remove(session, pledge_id, attachment_id, call)).model_dump_json())

    return await once(actor, write)


@router.get(
    "/pledges/{pledge_id}/attachments/{attachment_id}",
    tags=TAGS,
    dependencies=PUBLIC,
    response_class=Response,
    responses=FILE,
    summary="A file of a published pledge",
)
async def public_file(pledge_id: UUID, attachment_id: UUID, parts: Using, store: Kept) -> Response:
    """Of any version, or of a report. To be saved: browsers do not show it."""
    async with parts.database.transaction() as session:
        found = await queries.public(session, pledge_id, attachment_id)
    return await download(store, found, {"Cache-Control": "no-cache"})


@router.get(
    "/pledges/{pledge_id}/working-copy/attachments/{attachment_id}",
    tags=TAGS,
    response_class=Response,
    responses=FILE,
    summary="A file that is perhaps not published",
)
async def working_file(pledge_id: UUID, attachment_id: UUID, actor: SignedIn, parts: Using, store: Kept) -> Response:
    """For who may read the working copy; for who filed it, its own and those of the text."""
    async with parts.database.transaction() as session:
        pledge = await records.present(session, pledge_id)
        who, _ = await proxies.sides(session, actor, pledge, parts.clock.business())
        found = await queries.of_working_copy(session, pledge, attachment_id, by_filer=not who.may_read)
    return await download(store, found, {"Cache-Control": "no-store"})
