"""GET /reminders"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.notifications.reminders import queries
from services.notifications.reminders.lifecycle import State
from services.notifications.reminders.schemas import ReminderPage
from shared.web.app import Using
from shared.web.auth import STAFF_OR_REVIEWER
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.text import Line

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
