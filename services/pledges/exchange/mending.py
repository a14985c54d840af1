"""The bad rows of an import as a file of the same format: what came, and the reasons beside it."""

import json
from collections.abc import AsyncIterator
from typing import Any

from services.pledges.exchange import column_writing, exporting, queries, writing
from services.pledges.exchange.models import ImportJob, ImportRow
from shared.db import Database
from shared.files import sheets

REASONS = "reasons"


async def file(database: Database, job: ImportJob) -> AsyncIterator[bytes]:
    """In pieces; texts as they came. An import passes over the reasons."""
    rows = _bad(database, job)
    if job.format == "json":
        return exporting.documents(_document(one) async for one in rows)
    if job.layout == "form":
        lines: AsyncIterator[list[str]] = (
            line async for one in rows for line in writing.form(_cells(one), queries.faults(one))
        )
    else:
        header = [*filter(None, job.header), REASONS]
        lines = _lines(header, rows)
    if job.format == "csv":
        return _separated(lines)
    return await exporting.workbook("Pledges", await anext(lines), lines)


async def _lines(header: list[str], rows: AsyncIterator[ImportRow]) -> AsyncIterator[list[str]]:
    yield header
    async for one in rows:
        cells = {**_cells(one), REASONS: writing.reasons(queries.faults(one))}
        yield [cells.get(name, "") for name in header]


async def _separated(lines: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    yield sheets.MARK
    async for line in lines:
        yield sheets.line(line)


async def _bad(database: Database, job: ImportJob) -> AsyncIterator[ImportRow]:
    after = 0
    while True:
        async with database.transaction() as session:
            found = await queries.bad_rows(session, job.import_id, after)
        for one in found:
            yield one
        if not found:
            return
        after = found[-1].number


def _document(one: ImportRow) -> bytes:
    came = json.loads(one.raw or one.wish or "{}")
    pledge = came if isinstance(came, dict) else {"pledge": came}
    reasons = queries.faults(one)
    # half a character came as an escape, and goes back as one
    return json.dumps(pledge | {REASONS: reasons}, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _cells(one: ImportRow) -> dict[str, str]:
    """As they came; of what was good and was refused later, as it would be exported."""
    if one.raw:
        found: dict[str, str] = json.loads(one.raw)
        return found
    wish: dict[str, Any] = json.loads(one.wish or "{}")
    return {"entity_id": str(wish.get("entity_id") or ""), **column_writing.written(wish)}
