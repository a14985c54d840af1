"""Routes of imports, exports and templates."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.authority import require_reader
from services.pledges.exchange import commands, exporting, mending, queries, templates, writing
from services.pledges.exchange.files import Format
from services.pledges.exchange.models import ImportJob
from services.pledges.exchange.schemas import (
    Import,
    ImportCheck,
    ImportPage,
    NewImport,
    PartReceived,
    RowPage,
    RowState,
    part_body,
)
from services.pledges.exchange.templates import Shape
from services.pledges.registry.api import call_of
from services.pledges.reviews import cycles
from services.pledges.search.filters import Filters
from services.pledges.search.queries import require_known
from shared.web.app import Using
from shared.web.auth import ANYONE, SIGNED_IN, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once, Writing

router = APIRouter()

SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
PUBLIC = [Depends(ANYONE)]
IN: list[str | Enum] = ["pledges: import"]
OUT: list[str | Enum] = ["pledges: export"]


def _file(pieces: AsyncIterator[bytes], name: str, format_: Format) -> StreamingResponse:
    """Never shown inline: what is in it came from outside."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format_}"'}
    return StreamingResponse(pieces, media_type=writing.MEDIA_TYPES[format_], headers=headers)


@router.post("/imports", tags=IN, status_code=201, response_model=Import, summary="Begin an import")
async def begin(wish: NewImport, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For focal points and delegates of the entity; statements for staff. Then send the file in parts."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return await _answer(session, await commands.begin(session, wish, call), 201)

    return await once(actor, write)


async def _answer(session: AsyncSession, job: ImportJob, status: int = 200) -> Answer:
    body = (await queries.view(session, job)).model_dump_json()
    return Answer(status, body, {"Location": f"/imports/{job.import_id}"})


@router.get("/imports", tags=IN, summary="Your imports, newest first")
async def imports(
    request: Request, response: Response, actor: SignedIn, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> ImportPage:
    async with parts.database.transaction() as session:
        page = await queries.mine(session, actor.person, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/imports/{import_id}", tags=IN, summary="How far it is")
async def import_(import_id: UUID, actor: SignedIn, parts: Using) -> Import:
    """For whoever began it, and nobody else."""
    async with parts.database.transaction() as session:
        return await queries.view(session, await commands.own(session, import_id, actor))


@router.put(
    "/imports/{import_id}/parts/{number}",
    tags=IN,
    response_model=PartReceived,
    summary="Send a part of the file",
    openapi_extra=part_body(),
)
async def put_part(
    import_id: UUID,
    number: Annotated[int, Path(ge=1, le=100, examples=[1])],
    request: Request,
    actor: SignedIn,
    writing: Writing,
    parts: Using,
) -> Response:
    """`part_size` bytes each, the last one fewer; a part may be sent again."""
    call, content = call_of(parts, actor), await request.body()

    async def write(session: AsyncSession) -> Answer:
        received = await commands.put_part(session, import_id, number, content, call)
        return Answer(200, PartReceived(received=received).model_dump_json())

    return await writing.run(write)


@router.post("/imports/{import_id}/check", tags=IN, response_model=Import, summary="Dry run: report row by row")
async def check(import_id: UUID, how: ImportCheck, actor: SignedIn, once: Once, parts: Using) -> Response:
    """Makes nothing. Once it is `checked`, read the rows; then run it, or mend the file and begin a new one."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return await _answer(session, await commands.check(session, import_id, how, call))

    return await once(actor, write)


@router.post("/imports/{import_id}/run", tags=IN, response_model=Import, summary="Make what is good")
async def run(import_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """Bad rows stay behind; take them as a file."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return await _answer(session, await commands.run(session, import_id, call))

    return await once(actor, write)


@router.post("/imports/{import_id}/cancel", tags=IN, response_model=Import, summary="Stop it")
async def cancel(import_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """Nothing more is made; what is made stays."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return await _answer(session, await commands.cancel(session, import_id, call))

    return await once(actor, write)


@router.get("/imports/{import_id}/rows", tags=IN, summary="The report, row by row")
async def rows(
    import_id: UUID,
    request: Request,
    response: Response,
    actor: SignedIn,
    parts: Using,
    state: Annotated[RowState | None, Query(description="Only in this state")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> RowPage:
    async with parts.database.transaction() as session:
        await commands.own(session, import_id, actor)
        page = await queries.rows(session, import_id, state, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/imports/{import_id}/bad-rows", tags=IN, response_class=Response, summary="The bad rows as a file to mend")
async def bad_rows(import_id: UUID, actor: SignedIn, parts: Using) -> Response:
    """Of the format that came, with the reasons beside. Mend it, and import it."""
    async with parts.database.transaction() as session:
        job = await commands.own(session, import_id, actor)
    return _file(await mending.file(parts.database, job), "to-mend", job.format)


@router.get(
    "/import-templates/{shape}/{format}",
    tags=IN,
    dependencies=PUBLIC,
    response_class=Response,
    summary="An empty file to fill in",
)
async def template(
    shape: Annotated[Shape, Path(examples=["sheet"])],
    format: Annotated[Format, Path(examples=["xlsx"])],  # noqa: A002 - its name in the address
    parts: Using,
    *,
    statements: Annotated[bool, Query(description="With columns for sources")] = False,
) -> Response:
    """A sheet for many pledges, or a form for one; workbooks have lists to choose from, and notes."""
    async with parts.database.transaction() as session:
        names = await cycles.names(session)
    # in a thread: a workbook takes a while to make when it is not remembered
    body = await asyncio.to_thread(templates.kept, shape, format, statements, tuple(names.items()))
    headers = {"Content-Disposition": f'attachment; filename="pledge-{shape}.{format}"'}
    return Response(body, media_type=writing.MEDIA_TYPES[format], headers=headers)


@router.get(
    "/exports/pledges/{format}",
    tags=OUT,
    dependencies=PUBLIC,
    response_class=Response,
    summary="Published pledges as a file",
)
async def public(
    format: Annotated[Format, Path(examples=["csv"])],  # noqa: A002 - its name in the address
    parts: Using,
    filters: Annotated[Filters, Query()],
) -> Response:
    """As the public list has them. A text that a spreadsheet could take for a formula has an apostrophe before it."""
    async with parts.database.transaction() as session:
        await require_known(session, filters)  # a file that has begun cannot be refused
    found = exporting.public(parts.database, filters, parts.clock.business().date())
    return _file(await exporting.stream(found, format), "pledges", format)


@router.get(
    "/entities/{entity_id}/working-copies/{format}",
    tags=OUT,
    response_class=Response,
    summary="What an entity works on, as a file",
)
async def working_copies(
    entity_id: Annotated[str, Path(max_length=64, examples=["veridia"])],
    format: Annotated[Format, Path(examples=["csv"])],  # noqa: A002 - its name in the address
    actor: SignedIn,
    parts: Using,
) -> Response:
    """Drafts too; for its members, staff and reviewers. To import it again makes nothing."""
    async with parts.database.transaction() as session:
        await require_reader(session, actor, entity_id, parts.clock.business())
    return _file(await exporting.stream(exporting.working_copies(parts.database, entity_id), format), entity_id, format)
