"""Routes of calendars, and of computing the clocks anew. A request's clocks are shown with the request."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.clocks import queries, recomputing, rules
from services.network_support.clocks.schemas import (
    CalendarList,
    DayList,
    RunList,
    RunView,
    calendar_view,
    day_view,
)
from shared.errors import FieldProblem, Invalid, NotFound
from shared.web.app import Using
from shared.web.auth import ADMINS, SIGNED_IN, STAFF, Actor
from shared.web.writing import Answer, Once

LONGEST = 366  # days in one answer
EARLIEST, LATEST = date(1990, 1, 1), date(2150, 1, 1)

router = APIRouter(tags=["clocks"])


@router.get("/calendars", summary="When the duty stations work")
async def list_calendars(_: Annotated[Actor, Depends(SIGNED_IN)]) -> CalendarList:
    """For all who are signed in: requests are answered in working time of these stations."""
    return CalendarList(items=[calendar_view(station) for station in rules.in_use().stations.values()])


Day = Annotated[date, Query(ge=EARLIEST, le=LATEST)]


@router.get("/calendars/{station}/days", summary="Which days a duty station works, and why not the others")
async def list_days(
    station: str,
    _: Annotated[Actor, Depends(SIGNED_IN)],
    first: Annotated[Day, Query(alias="from", description="The first day, as the station counts them")],
    until: Annotated[Day, Query(description=f"The last day; at most {LONGEST} are shown")],
) -> DayList:
    """For all who are signed in. Names of holidays are those of the library, in English where it has them."""
    stations = rules.in_use().stations
    if station not in stations:
        raise NotFound(f"There is no such duty station. There are {', '.join(stations)}.")
    if not 0 <= (until - first).days < LONGEST:
        fault = FieldProblem("until", "is before `from`, or too far", f"give from the same day to {LONGEST - 1} later")
        raise Invalid("These days cannot be shown.", [fault])
    days = (first + timedelta(days=number) for number in range((until - first).days + 1))
    return DayList(items=[day_view(stations[station].day(day)) for day in days])


@router.get("/clock-runs", summary="How far the computing anew of all clocks is, the newest first")
async def list_runs(_: Annotated[Actor, Depends(STAFF)], parts: Using) -> RunList:
    """For Network staff. When the policy or a calendar changed, a worker computes all open clocks anew by itself."""
    async with parts.database.transaction() as session:
        return RunList(items=await queries.runs(session))


@router.post("/clock-runs", status_code=201, response_model=RunView, summary="Compute all open clocks anew")
async def begin_run(actor: Annotated[Actor, Depends(ADMINS)], once: Once, parts: Using) -> Response:
    """For administrators, who need it only when the clocks are in doubt. Refused while it is being done already."""
    at = parts.clock.system()

    async def write(session: AsyncSession) -> Answer:
        begun = await recomputing.ask(session, rules.in_use(), actor.person, at)
        found = await queries.run(session, begun)
        return Answer(201, found.model_dump_json(), {})

    return await once(actor, write)
