"""/rehearsals"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.rehearsals import commands, queries
from services.notifications.rehearsals.schemas import (
    DifferencePage,
    MailPage,
    MailSaid,
    Month,
    RehearsalPage,
    RehearsalShown,
    Wanted,
)
from services.notifications.rehearsals.telling import Telling, listing
from services.notifications.reminders import known
from services.notifications.reminders.policy import read
from shared.errors import FieldProblem, Invalid
from shared.policies import Faulty
from shared.web.app import Using
from shared.web.auth import ADMIN, NETWORK_STAFF, STAFF, STAFF_OR_REVIEWER, Actor
from shared.web.pagination import LARGEST, Cursor, next_link
from shared.web.writing import Answer, Once

router = APIRouter(tags=["rehearsals"])

Staff = Annotated[Actor, Depends(STAFF)]
Onlooker = Annotated[Actor, Depends(STAFF_OR_REVIEWER)]
LOOKS_ON = [Depends(STAFF_OR_REVIEWER)]
Limit = Annotated[int, Query(ge=1, le=50, description="How many at most")]
Changed = Annotated[bool, Query(description="Under the other policy or dates; false: as things are")]


async def telling(request: Request) -> Telling:
    found: Telling = request.app.state.telling
    return found


Tells = Annotated[Telling, Depends(telling)]


@router.post("/rehearsals", status_code=202, response_model=RehearsalShown, summary="Rehearse a month's reminders")
async def rehearse(wanted: Wanted, actor: Staff, once: Once, using: Using) -> Response:
    """Nothing is sent, and the plan stays as it is: it is planned in copies, by the same steps as the real one.

    Look at Location until `state` is done. The newest 20 are kept. A `policy` is checked like the file of the service.
    """
    _check_policy(wanted)

    async def write(session: AsyncSession) -> Answer:
        await _check_moves(session, wanted)
        made = await commands.order(session, wanted, actor.person, using.clock.system())
        shown = await queries.rehearsal(session, made.rehearsal_id)
        return Answer(202, shown.model_dump_json(), {"Location": f"/rehearsals/{made.rehearsal_id}"})

    return await once(actor, write)


def _check_policy(wanted: Wanted) -> None:
    try:
        if wanted.policy is not None:
            read(wanted.policy)
    except Faulty as faulty:
        faults = [FieldProblem("policy", fault, "mend this line") for fault in str(faulty).splitlines()]
        raise Invalid("The policy cannot be used; nothing was rehearsed.", faults) from None


async def _check_moves(session: AsyncSession, wanted: Wanted) -> None:
    codes = {one.code for one in await known.milestones(session)}
    faults = [
        FieldProblem(f"moves.{number}.milestone", "is no milestone that is known here", "see GET /reviews")
        for number, move in enumerate(wanted.moves)
        if move.milestone not in codes
    ]
    if faults:
        raise Invalid("Some milestones are not known; nothing was rehearsed.", faults)


@router.get("/rehearsals", dependencies=LOOKS_ON, summary="Rehearsals, the newest first")
async def list_rehearsals(
    request: Request,
    response: Response,
    using: Using,
    month: Annotated[Month | None, Query(description="Only of this month")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> RehearsalPage:
    async with using.database.transaction() as session:
        page = await queries.page(session, month=month, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/rehearsals/{rehearsal_id}", dependencies=LOOKS_ON, summary="How far it is, and how many go on which day")
async def rehearsal(rehearsal_id: UUID, using: Using) -> RehearsalShown:
    async with using.database.transaction() as session:
        return await queries.rehearsal(session, rehearsal_id)


@router.get("/rehearsals/{rehearsal_id}/mails", summary="Each mail that would go: when, to whom, and why")
async def mails(
    request: Request,
    response: Response,
    rehearsal_id: UUID,
    actor: Onlooker,
    using: Using,
    tells: Tells,
    changed: Changed = False,
    day: Annotated[date | None, Query(description="Only those that are due on this day")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> MailPage:
    """Staff see names, reviewers roles and entities; nobody an address."""
    async with using.database.transaction() as session:
        found, more = await queries.mails(session, rehearsal_id, changed=changed, day=day, limit=limit, cursor=cursor)
    items = await tells.named(found) if _may_know(actor) else [queries.plain(one) for one in found]
    response.headers.update(next_link(request, more))
    return MailPage(items=items, next=more)


@router.get("/rehearsals/{rehearsal_id}/mails/{number}", summary="What one mail would say, in each language")
async def said(
    rehearsal_id: UUID,
    number: Annotated[int, Path(ge=1, lt=LARGEST, description="Of the mail")],
    actor: Onlooker,
    using: Using,
    tells: Tells,
    response: Response,
    changed: Changed = False,
) -> MailSaid:
    """As it would be put together now. The links of a real one are made for its reader when it leaves."""
    async with using.database.transaction() as session:
        found = await queries.mail(session, rehearsal_id, number, changed=changed)
        lists = await listing(session, found, (await queries.find(session, rehearsal_id)).moves)
    response.headers["Cache-Control"] = "no-store"
    return await tells.say(found, lists, named=_may_know(actor))


@router.get(
    "/rehearsals/{rehearsal_id}/differences",
    dependencies=LOOKS_ON,
    summary="Which mails would be others under the other policy or dates",
)
async def differences(
    request: Request, response: Response, rehearsal_id: UUID, using: Using, limit: Limit = 20, cursor: Cursor = None
) -> DifferencePage:
    async with using.database.transaction() as session:
        items, more = await queries.differences(session, rehearsal_id, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, more))
    return DifferencePage(items=items, next=more)


def _may_know(actor: Actor) -> bool:
    return not {NETWORK_STAFF, ADMIN}.isdisjoint(actor.roles)
