"""Routes of reports, for staff and for reviewers."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from services.network_support.reports import queries
from services.network_support.reports.files import MEDIA_TYPES, made
from services.network_support.reports.schemas import By, Format, Report
from services.network_support.requests.answering import StaffOrReviewer
from shared.errors import FieldProblem, Forbidden, Invalid
from shared.web.app import Parts, Using
from shared.web.auth import ADMIN, NETWORK_STAFF, Actor

router = APIRouter(tags=["reports"])

USUAL = timedelta(days=365)
_AT_ONCE = asyncio.Semaphore(2)  # each reads the history of all requests of its days

_DAYS: dict[str, Any] = {"ge": date(2000, 1, 1), "le": date(2100, 1, 1)}
Since = Annotated[
    date | None, Query(**_DAYS, description="The first day; by default a year before the last", examples=["2024-01-01"])
]
Until = Annotated[
    date | None, Query(**_DAYS, description="The day after the last; by default tomorrow", examples=["2025-01-01"])
]
Grouped = Annotated[By, Query(description="By officer: who answered first; for Network staff only")]


@router.get("/reports/requests", summary="How long things took: first response, pauses, time in each state")
async def read_report(
    actor: StaffOrReviewer, parts: Using, since: Since = None, until: Until = None, by: Grouped = "all"
) -> Report:
    """For Network staff and reviewers. Percentiles with how many they are of.

    The first response is in working time of the duty station, everything else in hours of the calendar.
    """
    return await _report(actor, parts, since, until, by)


@router.get(
    "/reports/requests/{format}",
    response_class=Response,
    responses={200: {"content": {media: {} for media in MEDIA_TYPES.values()}}},
    summary="The same as a file",
)
async def read_report_file(
    *,
    format: Annotated[Format, Path(examples=["csv"])],  # noqa: A002 - its name in the address
    actor: StaffOrReviewer,
    parts: Using,
    since: Since = None,
    until: Until = None,
    by: Grouped = "all",
) -> Response:
    """For Network staff and reviewers. No cell of it is a formula."""
    found = await _report(actor, parts, since, until, by)
    body = await asyncio.to_thread(made, found, format)
    name = f"requests-{found.since}-{found.until}-by-{by}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=MEDIA_TYPES[format], headers=headers)


async def _report(actor: Actor, parts: Parts, since: date | None, until: date | None, by: By) -> Report:
    if by == "officer" and not actor.is_any(NETWORK_STAFF, ADMIN):
        raise Forbidden("Only Network staff see figures by officer.")
    last = until or parts.clock.business().date() + timedelta(days=1)
    first = since or last - USUAL
    if first >= last:
        fault = FieldProblem("since", "is not before until", "give an earlier day")
        raise Invalid("A report needs at least one day.", [fault])
    async with _AT_ONCE, parts.database.transaction() as session:
        return await queries.report(session, first, last, by)
