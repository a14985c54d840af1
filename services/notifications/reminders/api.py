"""GET /reminders"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.notifications.reminders import queries
from services.notifications.reminders.lifecycle import State
from services.notifications.reminders.schemas import ReminderPage, ReminderShown
from shared.web.app import Using
from shared.web.auth import STAFF_OR_REVIEWER
from shared.web.pagination import Cursor, Limit, decode, encode, next_link, number
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
    scope = f"reminders {milestone} {state}"
    after = _position(cursor, scope) if cursor else None
    async with using.database.transaction() as session:
        found = await queries.page(session, milestone=milestone, state=state, after=after, limit=limit)
    last = found[limit - 1] if len(found) > limit else None
    following = encode([last.due_on.isoformat(), last.id], scope) if last else None
    response.headers.update(next_link(request, following))
    return ReminderPage(items=[ReminderShown.model_validate(row) for row in found[:limit]], next=following)


def _position(cursor: str, scope: str) -> tuple[date, int]:
    day, id_ = decode(cursor, scope, date.fromisoformat, number)
    return day, id_
