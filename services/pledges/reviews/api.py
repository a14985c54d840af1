"""Routes of review cycles and milestones."""

from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.reviews import commands, cycle_commands, outcomes, queries
from services.pledges.reviews.schemas import (
    CycleOut,
    MilestoneOut,
    MilestoneSteps,
    Move,
    MovePreview,
    NewCycle,
    NewMilestone,
    Outcome,
    OutcomePage,
    ReviewPledges,
    Reviews,
)
from shared.authors import staff
from shared.web.app import Using
from shared.web.auth import ANYONE, STAFF, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once, Writing

router = APIRouter()

Staff = Annotated[Actor, Depends(STAFF)]
PUBLIC = [Depends(ANYONE)]
REVIEWS: list[str | Enum] = ["reviews"]


def _answer(review: MilestoneOut, status: int = 200) -> Answer:
    return Answer(status, review.model_dump_json(), {"ETag": etag(review.revision)})


@router.get("/reviews", tags=REVIEWS, dependencies=PUBLIC, summary="The review cycles and their milestones")
async def reviews(parts: Using) -> Reviews:
    """Forums, plenaries, regional reviews and deadlines, in order. Dates are as precise as they are known."""
    async with parts.database.transaction() as session:
        return await queries.reviews(session)


@router.get(
    "/reviews/{code}", tags=REVIEWS, dependencies=PUBLIC, response_model=MilestoneOut, summary="Read one milestone"
)
async def read(code: str, parts: Using) -> Response:
    """Its ETag goes into If-Match."""
    async with parts.database.transaction() as session:
        return _answer(queries.shown(await queries.milestone(session, code))).response()


@router.put("/reviews/{code}", tags=REVIEWS, response_model=MilestoneOut, summary="Move a milestone")
async def move(code: str, to: Move, actor: Staff, seen: SeenRevision, writing: Writing, parts: Using) -> Response:
    """For Network staff. Reminders that have not gone out yet follow the new date; who moved it, and why, is kept."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return _answer(queries.shown(await commands.move(session, staff(actor), code, seen, to, moment)))

    return await writing.run(write)


@router.post(
    "/reviews", tags=REVIEWS, status_code=201, response_model=MilestoneOut, summary="Add a milestone to a review cycle"
)
async def add(new: NewMilestone, actor: Staff, once: Once, parts: Using) -> Response:
    """For Network staff: a regional review that the reference data does not have, say."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return _answer(queries.shown(await commands.create(session, staff(actor), new, moment)), 201)

    return await once(actor, write)


@router.post("/review-cycles", tags=REVIEWS, status_code=201, response_model=CycleOut, summary="Add a review cycle")
async def add_cycle(new: NewCycle, actor: Staff, once: Once, parts: Using) -> Response:
    """For Network staff: one that the reference data does not have, with its forum. Pledges can name it at once."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        made = await cycle_commands.create(session, staff(actor), new, moment)
        return Answer(201, made.model_dump_json(), {"Location": "/reviews"})

    return await once(actor, write)


@router.post(
    "/reviews/{code}/preview", tags=REVIEWS, dependencies=[Depends(STAFF)], summary="What a move would do; none is done"
)
async def preview(code: str, to: Move, parts: Using) -> MovePreview:
    """For Network staff. Refused as the move itself would be."""
    async with parts.database.transaction() as session:
        return await queries.preview(session, code, to, parts.clock.business())


@router.get("/reviews/{code}/history", tags=REVIEWS, dependencies=PUBLIC, summary="How a milestone changed, and why")
async def history(
    code: str, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> MilestoneSteps:
    """Newest first; by role, never by person."""
    async with parts.database.transaction() as session:
        page = await queries.history(session, code, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.put(
    "/reviews/{code}/outcome", tags=REVIEWS, response_model=MilestoneOut, summary="Record or correct its outcome"
)
async def record_outcome(
    code: str, said: Outcome, actor: Staff, seen: SeenRevision, writing: Writing, parts: Using
) -> Response:
    """For Network staff, once it has begun. Every version stays public."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return _answer(queries.shown(await outcomes.record(session, staff(actor), code, seen, said, moment)))

    return await writing.run(write)


@router.get("/reviews/{code}/outcomes", tags=REVIEWS, dependencies=PUBLIC, summary="All versions of its outcome")
async def outcome_versions(
    code: str, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> OutcomePage:
    """Newest first."""
    async with parts.database.transaction() as session:
        page = await outcomes.versions(session, code, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get(
    "/reviews/{code}/pledges",
    tags=REVIEWS,
    dependencies=PUBLIC,
    response_model=ReviewPledges,
    summary="Who has reported for a milestone, and who is silent",
)
async def pledges(
    code: str,
    request: Request,
    parts: Using,
    reported: Annotated[bool | None, Query(description="Only those that have reported, or only silent ones")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The pledges that the milestone counts, and the figures with their denominator. Reporting is voluntary (¶77)."""
    now = parts.clock.business()
    async with parts.database.transaction() as session:
        page = await queries.pledges(session, code, reported=reported, limit=limit, cursor=cursor, now=now)
    return Response(page.model_dump_json(), headers=next_link(request, page.next), media_type="application/json")
