"""Routes of pledges: the public ones, those of an entity's people, and those of the Network's staff."""

from enum import Enum
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.authority import Standing
from services.pledges.registry import commands, proxies, queries, records
from services.pledges.registry.merge_patch import MEDIA_TYPE, patched
from services.pledges.registry.overtaken import RESPONSES as OVERTAKEN
from services.pledges.registry.queries import Work
from services.pledges.registry.records import Present
from services.pledges.registry.schemas import (
    ChangeRequest,
    Closing,
    NewPledge,
    PublicSteps,
    PublicView,
    Saving,
    State,
    Statement,
    WorkingCopy,
    WorkPage,
)
from services.pledges.registry.steps import Call
from shared.events.pledges import PledgeSnapshot
from shared.web.app import Parts, Using
from shared.web.auth import ANYONE, SIGNED_IN, STAFF, STAFF_OR_REVIEWER, Actor
from shared.web.etag import SeenBefore, SeenRevision, etag, of_public, unless_known
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once, Writing

router = APIRouter()

SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
Staff = Annotated[Actor, Depends(STAFF)]
StaffOrReviewer = Annotated[Actor, Depends(STAFF_OR_REVIEWER)]
Patch = Annotated[
    dict[str, Any],
    Body(
        media_type=MEDIA_TYPE,
        examples=[{"description": "At sixteen consular posts, up from four.", "review_cycle": None}],
    ),
]
OfEntity = Annotated[str | None, Query(description="Of this entity", max_length=64)]
PUBLIC = [Depends(ANYONE)]
WORK: list[str | Enum] = ["pledges: work"]
DESK: list[str | Enum] = ["pledges: the Network's desk"]
READ: list[str | Enum] = ["pledges: public"]


def call_of(parts: Parts, actor: Actor) -> Call:
    return Call(actor, parts.clock.moment())


def answer(done: tuple[Present, Standing], status: int = 200) -> Answer:
    found, who = done
    headers = {"ETag": etag(found.revision), "Location": f"/pledges/{found.pledge_id}/working-copy"}
    return Answer(status, queries.view(found, who).model_dump_json(), headers)


@router.post(
    "/pledges", tags=WORK, status_code=201, response_model=WorkingCopy, summary="Save a draft, or submit at once"
)
async def create(wish: NewPledge, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For focal points and delegates of the entity, or of another one that files it in the entity's name.

    A draft needs only a title; nobody else is told of it.
    """
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.create(session, wish, call), 201)

    # two events follow from one that another entity files: one more insert than goes without a transaction
    return await once(actor, write, one_write=wish.proxy_entity_id is None)


@router.put(
    "/pledges/{pledge_id}",
    tags=WORK,
    response_model=WorkingCopy,
    responses=OVERTAKEN,
    summary="Save the whole content anew",
)
async def save(
    pledge_id: UUID, content: Saving, actor: SignedIn, seen: SeenRevision, writing: Writing, parts: Using
) -> Response:
    """For focal points and delegates. Of a published pledge this begins an amendment, which the public does not see."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.save(session, pledge_id, seen, lambda _: content, call))

    return await writing.run(write)


@router.patch(
    "/pledges/{pledge_id}",
    tags=WORK,
    response_model=WorkingCopy,
    responses=OVERTAKEN,
    summary="Save some fields of the content",
)
async def patch(
    pledge_id: UUID, patch: Patch, actor: SignedIn, seen: SeenRevision, writing: Writing, parts: Using
) -> Response:
    """For focal points and delegates, and for programs that save while people type: a JSON Merge Patch (RFC 7396).

    What is not named stays, null empties, a list is replaced whole. Without a difference, nothing is written.
    """
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.save(session, pledge_id, seen, partial(patched, patch), call))

    return await writing.run(write)


@router.get("/pledges/{pledge_id}/working-copy", tags=WORK, response_model=WorkingCopy, summary="What is worked on")
async def working_copy(pledge_id: UUID, actor: SignedIn, parts: Using) -> Response:
    """For members of its entity and of who filed it, staff and reviewers. With the exchange about it.

    Its ETag goes into If-Match.
    """
    async with parts.database.transaction() as session:
        found = await records.present(session, pledge_id)
        who, _ = await proxies.sides(session, actor, found, parts.clock.business())
        copy = await queries.working_copy(session, found, who)
    return Answer(200, copy.model_dump_json(), {"ETag": etag(found.revision)}).response()


@router.post("/pledges/{pledge_id}/submit", tags=WORK, response_model=WorkingCopy, summary="Send it to the Network")
async def submit(pledge_id: UUID, actor: SignedIn, seen: SeenRevision, once: Once, parts: Using) -> Response:
    """Staff check completeness, never merit. What is missing comes back field by field."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.submit(session, pledge_id, seen, call))

    return await once(actor, write)


@router.post("/pledges/{pledge_id}/close", tags=WORK, response_model=WorkingCopy, summary="Close it, with the reason")
async def close(
    pledge_id: UUID, closing: Closing, actor: SignedIn, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For focal points and delegates of its entity, and for staff. All versions stay public."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.close(session, pledge_id, seen, closing, call))

    return await once(actor, write)


@router.get("/me/pledges", tags=WORK, summary="The pledges of the entities that you act for, newest first")
async def my_pledges(
    request: Request,
    response: Response,
    actor: SignedIn,
    parts: Using,
    state: Annotated[State | None, Query(description="Only in this state")] = None,
    entity: OfEntity = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> WorkPage:
    """Drafts too, and what waits for you: `changes_requested`."""
    async with parts.database.transaction() as session:
        page = await queries.mine(session, actor.person, parts.clock.business(), Work(state, entity), limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/submissions", tags=DESK, summary="What waits for staff, or for an answer to them; newest first")
async def submissions(
    request: Request,
    response: Response,
    _: StaffOrReviewer,
    parts: Using,
    state: Annotated[Literal["submitted", "changes_requested"] | None, Query(description="Only in this state")] = None,
    entity: OfEntity = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> WorkPage:
    async with parts.database.transaction() as session:
        page = await queries.submissions(session, Work(state, entity), limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.post("/pledges/{pledge_id}/request-changes", tags=DESK, response_model=WorkingCopy, summary="Ask for changes")
async def request_changes(
    pledge_id: UUID, asked: ChangeRequest, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """Names the fields. Only the entity's people and staff see what is asked."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.request_changes(session, pledge_id, seen, asked, call))

    return await once(actor, write)


@router.post(
    "/pledges/{pledge_id}/publish", tags=DESK, response_model=WorkingCopy, summary="Publish what was submitted"
)
async def publish(pledge_id: UUID, actor: Staff, seen: SeenRevision, once: Once, parts: Using) -> Response:
    """The working copy becomes the next public version."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.publish(session, pledge_id, seen, call))

    return await once(actor, write)


@router.post("/statements", tags=DESK, status_code=201, response_model=WorkingCopy, summary="Record a public statement")
async def record_statement(said: Statement, actor: Staff, once: Once, parts: Using) -> Response:
    """What an entity pledged elsewhere in public, published as such with its sources."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer(await commands.record_statement(session, said, call), 201)

    return await once(actor, write)


@router.get(
    "/pledges/{pledge_id}", tags=READ, dependencies=PUBLIC, response_model=PublicView, summary="One published pledge"
)
async def public_pledge(pledge_id: UUID, parts: Using, seen: SeenBefore = None) -> Response:
    """Its latest version, how it goes, and whether support was requested.

    The ETag begins with the pledge's revision, which an edit may name in If-Match; reports and support change its end.
    """
    async with parts.database.transaction() as session:
        body, revision = await queries.public(session, pledge_id)
    return unless_known(seen, of_public(revision, body), Answer(200, body).response())


@router.get("/pledges/{pledge_id}/history", tags=READ, dependencies=PUBLIC, summary="What happened to it in public")
async def public_history(
    pledge_id: UUID, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> PublicSteps:
    """Oldest first; by role, never by person."""
    async with parts.database.transaction() as session:
        page = await queries.public_history(session, pledge_id, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get(
    "/pledges/{pledge_id}/versions/{number}",
    tags=READ,
    dependencies=PUBLIC,
    response_model=PledgeSnapshot,
    summary="One version as it was published",
)
async def public_version(
    pledge_id: UUID, number: Annotated[int, Path(ge=1, le=1_000_000, examples=[1])], parts: Using
) -> Response:
    """All versions stay public."""
    async with parts.database.transaction() as session:
        return Answer(200, await queries.version(session, pledge_id, number)).response()
