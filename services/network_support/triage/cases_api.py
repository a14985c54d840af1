"""Routes of cases: what officers do with one, or with many. For the Network's staff alone."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage import answers, assigning, bulk, officers, presence, queries, undoing
from services.network_support.triage.filters import ME, Filters, Order
from services.network_support.triage.queries import Wanted
from services.network_support.triage.schemas import (
    Assignment,
    BulkAssigned,
    BulkAssignment,
    BulkUndo,
    BulkUndone,
    CaseHistoryView,
    CasePage,
    CaseView,
    HandBack,
    Here,
    Others,
    Prioritised,
)
from shared.authors import staff
from shared.web.app import Parts, Using
from shared.web.auth import STAFF, Actor
from shared.web.etag import SeenRevision
from shared.web.writing import Answer, Once, Writing

router = APIRouter(prefix="", tags=["cases"])

Staff = Annotated[Actor, Depends(STAFF)]
Write = Callable[[AsyncSession], Awaitable[None]]


class Asked(Filters):
    """A queue that is not saved."""

    order: Order = "due"
    limit: Annotated[int, Field(ge=1, le=100, description="How many at most")] = 25
    cursor: Annotated[str | None, Field(max_length=500, description="Of the page before")] = None


@router.get("/cases", response_model=CasePage, summary="Cases by any filter")
async def list_cases(asked: Annotated[Asked, Query()], request: Request, actor: Staff, parts: Using) -> Response:
    """As a queue that is not saved. Only open ones unless it says otherwise."""
    filters = Filters.model_construct(**{name: getattr(asked, name) for name in Filters.model_fields})
    wanted = Wanted(filters, asked.order, asked.limit, asked.cursor)
    async with parts.database.transaction() as session:
        page = await queries.page(session, wanted, answers.asking(actor, parts))
    return answers.paged(request, page)


@router.post("/cases/assign", response_model=BulkAssigned, summary="Give many cases to one officer")
async def assign_many(wish: BulkAssignment, actor: Staff, once: Once, parts: Using) -> Response:
    """Each is looked at by itself, and what became of it is said in the order of the list."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        officer = await _officer(session, wish.officer, actor)
        done = await bulk.assign(session, wish, officer, staff(actor), moment)
        return Answer(200, done.model_dump_json())

    return await once(actor, write)


@router.post("/cases/assign/undo", response_model=BulkUndone, summary="Take back what many were given")
async def undo_assignment(wish: BulkUndo, actor: Staff, once: Once, parts: Using) -> Response:
    """One's own assignment, of each case that nobody has changed since; what became of each is said."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        done = await undoing.undo(session, wish, staff(actor), moment)
        return Answer(200, done.model_dump_json())

    return await once(actor, write)


@router.get("/cases/{case_id}", response_model=CaseView, summary="One case")
async def read_case(case_id: UUID, actor: Staff, parts: Using) -> Response:
    """With who else has it open. Its ETag goes into If-Match of what is done with it here."""
    async with parts.database.transaction() as session:
        return (await answers.shown(session, case_id, actor, parts)).response()


@router.get("/cases/{case_id}/history", summary="What officers and rules did with a case")
async def read_case_history(case_id: UUID, _: Staff, parts: Using) -> CaseHistoryView:
    """Who had it when, and why; the steps of a request are in its own history."""
    async with parts.database.transaction() as session:
        return CaseHistoryView(items=await queries.history(session, case_id))


@router.post("/cases/{case_id}/assign", response_model=CaseView, summary="Give a case to an officer")
async def assign(
    *, case_id: UUID, wish: Assignment, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """To oneself or a colleague, from nobody or from whoever has it."""

    async def write(session: AsyncSession) -> None:
        officer = await _officer(session, wish.officer, actor)
        moment = parts.clock.moment()
        await assigning.assign(session, case_id, seen, officer, wish.reason, staff(actor), moment)

    return await _done(case_id, write, actor, once, parts)


@router.post("/cases/{case_id}/assign-by-rule", response_model=CaseView, summary="Let the rules choose")
async def assign_by_rule(case_id: UUID, actor: Staff, seen: SeenRevision, once: Once, parts: Using) -> Response:
    """By the assignment policy; its history says which rule, and what agreed."""

    async def write(session: AsyncSession) -> None:
        await assigning.by_rule(session, case_id, seen, staff(actor), parts.clock.moment())

    return await _done(case_id, write, actor, once, parts)


@router.post("/cases/{case_id}/hand-back", response_model=CaseView, summary="Hand a case back to the desk")
async def hand_back(
    *, case_id: UUID, wish: HandBack, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """Nobody has it then; the reason is for whoever takes it next."""

    async def write(session: AsyncSession) -> None:
        await assigning.hand_back(session, case_id, seen, wish.reason, staff(actor), parts.clock.moment())

    return await _done(case_id, write, actor, once, parts)


@router.post("/cases/{case_id}/prioritise", response_model=CaseView, summary="Say how urgent a case is")
async def prioritise(
    *, case_id: UUID, wish: Prioritised, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """Never without the reason."""

    async def write(session: AsyncSession) -> None:
        author, moment = staff(actor), parts.clock.moment()
        await assigning.prioritise(session, case_id, seen, wish.priority, wish.reason, author, moment)

    return await _done(case_id, write, actor, once, parts)


@router.put("/cases/{case_id}/presence", response_model=Others, summary="Say that you have a case open")
async def beat(
    case_id: UUID,
    actor: Staff,
    writing: Writing,
    parts: Using,
    opened: Annotated[bool, Query(description="For a page that cannot say so again: counts for some minutes")] = False,
) -> Response:
    """Again and again while its page is open. Says who else has it open: two officers should not answer one request."""

    async def write(session: AsyncSession) -> Answer:
        return _others(await presence.beat(session, case_id, actor.person, parts.clock.moment(), opened=opened))

    return await writing.run(write)


@router.delete("/cases/{case_id}/presence", response_model=Others, summary="Say that you have left a case")
async def leave(case_id: UUID, actor: Staff, writing: Writing, parts: Using) -> Response:
    """Without it, one counts as gone after a while."""

    async def write(session: AsyncSession) -> Answer:
        return _others(await presence.leave(session, case_id, actor.person, parts.clock.moment()))

    return await writing.run(write)


async def _officer(session: AsyncSession, named: str, actor: Actor) -> str:
    if named not in {ME, actor.person}:
        return named
    await officers.register(session, actor.person)
    return actor.person


async def _done(case_id: UUID, write: Write, actor: Actor, once: Once, parts: Parts) -> Response:
    async def and_show(session: AsyncSession) -> Answer:
        await write(session)
        return await answers.shown(session, case_id, actor, parts)

    return await once(actor, and_show)


def _others(others: list[Here]) -> Answer:
    return Answer(200, Others(others_here=others, beat_within=presence.BEAT_WITHIN).model_dump_json())
