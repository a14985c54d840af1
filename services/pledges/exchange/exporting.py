"""Exports as streams: a page of pledges at a time, each read in a transaction of its own."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import IO, Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from services.pledges.exchange import writing
from services.pledges.exchange.files import MOST_ROWS, Format
from services.pledges.registry.models import Pledge
from services.pledges.search import queries
from services.pledges.search.filters import Filters
from services.pledges.search.queries import Wanted
from shared.db import Database
from shared.errors import Invalid
from shared.files import sheets

PAGE = 200
_PIECE = 1 << 16
_AT_ONCE = asyncio.Semaphore(2)  # workbooks that are made at the same time: each takes a good part of a core
_COPIES = (
    select(col(Pledge.pledge_id), col(Pledge.entity_id), col(Pledge.state), col(Pledge.content))
    .where(col(Pledge.entity_id) == bindparam("entity_id"), col(Pledge.pledge_id) > bindparam("after"))
    .order_by(col(Pledge.pledge_id))
    .limit(PAGE)
)

Pledges = AsyncIterator[Mapping[str, Any]]


async def public(database: Database, filters: Filters, today: date) -> Pledges:
    """As the public list has them, newest first."""
    cursor = None
    while True:
        async with database.transaction() as session:
            body, cursor = await queries.page(session, Wanted(filters, PAGE, cursor, writing.PUBLIC), today)
        for pledge in json.loads(body)["items"]:
            yield {**pledge, "entity_id": pledge["entity"]["entity_id"]}
        if cursor is None:
            return


async def working_copies(database: Database, entity_id: str) -> Pledges:
    """Of an entity, drafts too, oldest first."""
    after: Any = "00000000-0000-0000-0000-000000000000"
    while True:
        async with database.transaction() as session:
            found = (await session.execute(_COPIES, {"entity_id": entity_id, "after": after})).all()
        for one in found:
            pledge = {"pledge_id": str(one.pledge_id), "entity_id": one.entity_id, "state": one.state}
            yield json.loads(one.content) | pledge
        if len(found) < PAGE:
            return
        after = found[-1].pledge_id


async def stream(pledges: Pledges, format_: Format) -> AsyncIterator[bytes]:
    """The file in pieces. Raises Invalid, before its first piece, when a workbook would get too large."""
    match format_:
        case "csv":
            return _separated(pledges)
        case "json":
            return documents(writing.document(one) async for one in pledges)
    return await workbook("Pledges", writing.HEADER, (writing.row(one) async for one in pledges))


async def _separated(pledges: Pledges) -> AsyncIterator[bytes]:
    yield sheets.MARK + sheets.line(writing.HEADER)
    async for one in pledges:
        yield sheets.line(writing.row(one))


async def documents(found: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A JSON list of documents."""
    before = b"[\n"
    async for one in found:
        yield before + one
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


async def workbook(title: str, header: Sequence[str], rows: AsyncIterator[Sequence[str]]) -> AsyncIterator[bytes]:
    """Written to a temporary file first: a zip archive is known only when it is complete."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it
    try:
        async with _AT_ONCE:
            await _write(file, title, header, rows)
    except BaseException:
        file.close()
        raise
    return _read(file)


async def _write(file: IO[bytes], title: str, header: Sequence[str], rows: AsyncIterator[Sequence[str]]) -> None:
    book, number = sheets.Workbook(title, header), 0
    async for some in _batched(rows):
        number += len(some)
        if number > MOST_ROWS:
            raise Invalid(f"A workbook has at most {MOST_ROWS:,} pledges: narrow the filters, or take CSV or JSON.")
        await asyncio.to_thread(book.add_all, some)
    await asyncio.to_thread(book.save, file)


async def _batched(rows: AsyncIterator[Any]) -> AsyncIterator[list[Any]]:
    some: list[Any] = []
    async for row in rows:
        some.append(row)
        if len(some) == PAGE:
            yield some
            some = []
    yield some


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
