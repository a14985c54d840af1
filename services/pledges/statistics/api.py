"""Routes of the statistics. Anybody may read them."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.statistics import queries
from services.pledges.statistics.facts import Dimension
from services.pledges.statistics.kept import kept
from services.pledges.statistics.schemas import Coverage, Profile, Statistics
from services.pledges.times import Day
from shared.errors import FieldProblem, Invalid
from shared.web.app import Using
from shared.web.auth import ANYONE
from shared.web.etag import SeenBefore, is_known

router = APIRouter(dependencies=[Depends(ANYONE)])
TAGS: list[str | Enum] = ["statistics"]
CSV = "text/csv"
TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}

Answering = Callable[[AsyncSession], Awaitable[str]]


@dataclass(frozen=True)
class Reader:
    """Who asks, and what the database and earlier answers are asked by."""

    parts: Using
    seen: str | None

    async def answer(self, name: str, dimensions: Iterable[str], media_type: str, make: Answering) -> Response:
        """The present answer, made anew only when a figure may be another one than before; 304 for who has it."""
        async with self.parts.database.transaction() as session:
            tag = f'"{await queries.version(session, dimensions)}-{name}"'
            if is_known(self.seen, tag):
                return Response(status_code=304, headers={"ETag": tag, "Vary": "Accept"})
            answers = kept(self.parts.database)
            if (body := answers.get(tag)) is None:
                answers.put(tag, body := await make(session))
        return Response(body, headers={"ETag": tag, "Vary": "Accept"}, media_type=media_type)


async def _reader(parts: Using, seen: SeenBefore = None) -> Reader:
    return Reader(parts, seen)


Reading = Annotated[Reader, Depends(_reader)]


@router.get(
    "/statistics", tags=TAGS, response_model=Statistics, responses=TABLE, summary="Pledges by one dimension or two"
)
async def statistics(
    reader: Reading,
    by: Annotated[Dimension, Query(description="What the rows are", examples=["objective"])],
    and_by: Annotated[Dimension | None, Query(alias="and", description="What the columns are")] = None,
    on: Annotated[Day | None, Query(description="Regions and groups as of this day; today, if none is named")] = None,
    accept: Annotated[str, Header(description="text/csv for a table of the cells")] = "",
) -> Response:
    """Each figure beside its denominator. Where a pledge can have several codes, the figures add up to more than that.

    With `Accept: text/csv`: one line for each cell, or for each row where there are no columns.
    """
    if by == and_by:
        fault = FieldProblem("and", "is the same as by", "name another dimension, or leave it out")
        raise Invalid("Two different dimensions make a table.", [fault])
    day, as_csv = on or reader.parts.clock.business().date(), CSV in accept

    async def make(session: AsyncSession) -> str:
        found = await queries.statistics(session, by, and_by, day)
        return _table(found) if as_csv else found.model_dump_json()

    name = f"{by}-{and_by}-{day:%Y%m%d}-{'csv' if as_csv else 'json'}"
    media_type = f"{CSV}; charset=utf-8" if as_csv else "application/json"
    return await reader.answer(name, {by, and_by or by}, media_type, make)


def _table(found: Statistics) -> str:
    out = io.StringIO()
    lines = csv.writer(out)
    if found.columns:
        lines.writerow([found.rows.dimension, found.columns.dimension, "pledges", "of"])
        lines.writerows([cell.row, cell.column, cell.pledges, found.pledges] for cell in found.cells)
    else:
        lines.writerow([found.rows.dimension, "pledges", "of"])
        lines.writerows([value.code, value.pledges, found.pledges] for value in found.rows.values)
    return out.getvalue()


@router.get("/statistics/coverage", tags=TAGS, response_model=Coverage, summary="What is pledged for, and the gaps")
async def coverage(reader: Reading) -> Response:
    """The 23 objectives, the guiding principles and the commitments of ¶51–77: also those that no pledge names."""

    async def make(session: AsyncSession) -> str:
        return (await queries.coverage(session)).model_dump_json()

    return await reader.answer("coverage", (), "application/json", make)


@router.get("/entities/{entity_id}/profile", tags=TAGS, summary="What one entity pledged, and how it goes")
async def profile(entity_id: str, parts: Using) -> Profile:
    """With its silent pledges by review cycle. Reporting is voluntary (¶77)."""
    async with parts.database.transaction() as session:
        return await queries.profile(session, entity_id)
