"""GET /reminders"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator

from services.notifications.reminders import queries, summary
from services.notifications.reminders.lifecycle import State
from services.notifications.reminders.policy import policy
from services.notifications.reminders.schemas import ReminderPage, Summary
from shared.reference.dates import PartialDate
from shared.web.app import Using
from shared.web.auth import STAFF_OR_REVIEWER
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.text import Line

# a date of which only the year or the month may be known, as text: that is what a query consists of
PartlyKnown = Annotated[str, AfterValidator(lambda text: str(PartialDate(text)))]

router = APIRouter(tags=["reminders"], dependencies=[Depends(STAFF_OR_REVIEWER)])


@router.get("/reminders", summary="The plan: who is invited to report when, and why not")
async def list_reminders(
    request: Request,
    response: Response,
    using: Using,
    milestone: Annotated[Line | None, Query(description="Only of this milestone", examples=["plenary-2024"])] = None,
    state: Annotated[State | None, Query(description="Only these")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ReminderPage:
    async with using.database.transaction() as session:
        page = await queries.page(session, milestone=milestone, state=state, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/reminders/summary", summary="Who was invited before a milestone, and what moving it would do")
async def summarize(
    using: Using,
    milestone: Annotated[Line, Query(description="Its code", examples=["plenary-2024"])],
    starts: Annotated[PartlyKnown | None, Query(description="As if it began on this day")] = None,
    tentative: Annotated[bool, Query(description="As if that day were not certain")] = False,
) -> Summary:
    """With `starts`, what would become of its reminders: nothing is moved."""
    now = using.clock.business()
    async with using.database.transaction() as session:
        found = await summary.milestone(session, milestone)
        moved = summary.moved(found, starts, tentative=tentative) if starts else None
        return await summary.summary(session, found, moved, policy(), now)
