"""Routes of the statistics. Anybody may read them."""

import csv
import io
from datetime import date
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel

from services.pledges.statistics import queries
from services.pledges.statistics.facts import Dimension
from services.pledges.statistics.schemas import Coverage, Profile, Statistics
from shared.errors import FieldProblem, Invalid
from shared.web.app import Using
from shared.web.auth import ANYONE
from shared.web.etag import IfNoneMatch, unchanged

router = APIRouter(dependencies=[Depends(ANYONE)])
TAGS: list[str | Enum] = ["statistics"]
CSV = "text/csv"
TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}


def _answer(found: BaseModel, tag: str) -> Response:
    return Response(found.model_dump_json(), headers={"ETag": tag}, media_type="application/json")


@router.get(
    "/statistics", tags=TAGS, response_model=Statistics, responses=TABLE, summary="Pledges by one dimension or two"
)
async def statistics(
    parts: Using,
    seen: IfNoneMatch,
    by: Annotated[Dimension, Query(description="What the rows are", examples=["objective"])],
    and_by: Annotated[Dimension | None, Query(alias="and", description="What the columns are")] = None,
    on: Annotated[date | None, Query(description="Regions and groups as of this day; today, if none is named")] = None,
    accept: Annotated[str, Header(description="text/csv for a table of the cells")] = "",
) -> Response:
    """Each figure beside its denominator. Where a pledge can have several codes, the figures add up to more than that.

    With `Accept: text/csv`: one line for each cell, or for each row where there are no columns.
    """
    if by == and_by:
        fault = FieldProblem("and", "is the same as by", "name another dimension, or leave it out")
        raise Invalid("Two different dimensions make a table.", [fault])
    day, as_csv = on or parts.clock.business().date(), CSV in accept
    async with parts.database.transaction() as session:
        version = await queries.version(session, {by, and_by or by})
        tag = f'"{version}-{day:%Y%m%d}{"-csv" if as_csv else ""}"'
        if same := unchanged(seen, tag):
            return same
        found = await queries.statistics(session, by, and_by, day)
    return _table(found, tag) if as_csv else _answer(found, tag)


def _table(found: Statistics, tag: str) -> Response:
    out = io.StringIO()
    lines = csv.writer(out)
    if found.columns:
        lines.writerow([found.rows.dimension, found.columns.dimension, "pledges", "of"])
        lines.writerows([cell.row, cell.column, cell.pledges, found.pledges] for cell in found.cells)
    else:
        lines.writerow([found.rows.dimension, "pledges", "of"])
        lines.writerows([value.code, value.pledges, found.pledges] for value in found.rows.values)
    return Response(out.getvalue(), headers={"ETag": tag, "Vary": "Accept"}, media_type=f"{CSV}; charset=utf-8")


@router.get("/statistics/coverage", tags=TAGS, response_model=Coverage, summary="What is pledged for, and the gaps")
async def coverage(parts: Using, seen: IfNoneMatch) -> Response:
    """The 23 objectives, the guiding principles and the commitments of ¶51–77: also those that no pledge names."""
    async with parts.database.transaction() as session:
        tag = f'"{await queries.version(session, ())}"'
        return unchanged(seen, tag) or _answer(await queries.coverage(session), tag)


@router.get("/entities/{entity_id}/profile", tags=TAGS, summary="What one entity pledged, and how it goes")
async def profile(entity_id: str, parts: Using) -> Profile:
    """With its silent pledges by review cycle. Reporting is voluntary (¶77)."""
    async with parts.database.transaction() as session:
        return await queries.profile(session, entity_id)
