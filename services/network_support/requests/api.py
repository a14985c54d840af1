"""Routes of support requests."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.memberships import AskingMemberships
from services.network_support.requests import commands, practice, queries
from services.network_support.requests.answering import (
    ActingFor,
    SignedIn,
    StaffOrReviewer,
    answer,
    readable,
    reader,
    shown,
)
from services.network_support.requests.lifecycle import State, Type
from services.network_support.requests.practice import PracticeDraft
from services.network_support.requests.queries import Filters, Wanted
from services.network_support.requests.schemas import EntityId, History, Opening, RequestPage, RequestView
from shared.authors import of_entity
from shared.web.app import Parts, Using
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter(tags=["requests"])


async def _wanted(
    state: Annotated[State | None, Query(description="Only in this state")] = None,
    entity: Annotated[EntityId | None, Query(description="Only of this entity")] = None,
    pledge: Annotated[UUID | None, Query(description="Only for this pledge")] = None,
    type: Annotated[Type | None, Query(description="Only of this type")] = None,  # noqa: A002 - its name in the API
    due_before: Annotated[
        AwareDatetime | None, Query(description="Only with a clock that is due before this instant, and has not ended")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Wanted:
    return Wanted(Filters(state, entity, pledge, type, due_before), limit, cursor)


WantedRequests = Annotated[Wanted, Depends(_wanted)]


@router.post("/requests", status_code=201, response_model=RequestView, summary="Ask for support with a pledge")
async def open_request(
    *,
    wish: Opening,
    actor: SignedIn,
    acting: ActingFor,
    once: Once,
    parts: Using,
) -> Response:
    """For focal points and delegates. A request for a pledge that is not published yet waits in `pending_pledge`."""
    author, moment = of_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await commands.open_request(session, acting, wish, author, moment), 201)

    return await once(actor, write)


@router.get("/requests", summary="All requests, newest first")
async def list_requests(
    request: Request, response: Response, _: StaffOrReviewer, wanted: WantedRequests, parts: Using
) -> RequestPage:
    """For Network staff and reviewers."""
    return await _page(request, response, parts, wanted)


@router.get("/me/requests", summary="The requests of the entities that you act for, newest first")
async def list_my_requests(
    request: Request, response: Response, _: SignedIn, acting: ActingFor, wanted: WantedRequests, parts: Using
) -> RequestPage:
    """For focal points, delegates and viewers."""
    return await _page(request, response, parts, wanted, acting.entities(parts.clock.business()))


@router.get("/requests/{request_id}", response_model=RequestView, summary="One request")
async def read_request(request_id: UUID, actor: SignedIn, memberships: AskingMemberships, parts: Using) -> Response:
    """For the entity's members, Network staff and reviewers; to others it does not exist."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        return shown(await readable(session, request_id, acting, parts)).response()


@router.get("/requests/{request_id}/history", summary="What happened to a request, by role and time")
async def read_history(request_id: UUID, actor: SignedIn, memberships: AskingMemberships, parts: Using) -> History:
    """For the entity's members, Network staff and reviewers; to others it does not exist."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        await readable(session, request_id, acting, parts)
        return History(items=await queries.history(session, request_id))


@router.get("/requests/{request_id}/practice-draft", summary="What others could learn from it, as a draft")
async def read_practice_draft(
    request_id: UUID, response: Response, actor: SignedIn, memberships: AskingMemberships, parts: Using
) -> PracticeDraft:
    """To be saved and written to its end by people, for the practice repository. Nobody is sent it.

    For the entity's members, Network staff and reviewers, once help was given.
    """
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        made = await practice.draft(session, await readable(session, request_id, acting, parts))
    response.headers["Content-Disposition"] = f'attachment; filename="practice-{request_id}.json"'
    return made


async def _page(
    request: Request, response: Response, parts: Parts, wanted: Wanted, entities: frozenset[str] | None = None
) -> RequestPage:
    async with parts.database.transaction() as session:
        items, cursor = await queries.page(session, wanted, parts.clock.business(), entities)
    response.headers.update(next_link(request, cursor))
    return RequestPage(items=items, next=cursor)
