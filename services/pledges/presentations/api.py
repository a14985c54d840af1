"""Routes of presentations: who wants to present a pledge at a milestone, and who has a slot."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.presentations import commands, queries
from services.pledges.presentations.schemas import PresentationOut, Presentations, PresentationState, Wish
from shared.web.app import Using
from shared.web.auth import ANYONE, SIGNED_IN, STAFF, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.text import Line
from shared.web.writing import Answer, Once

router = APIRouter()

SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
TAGS: list[str | Enum] = ["reviews: presentations"]


def _answer(found: PresentationOut, status: int = 200) -> Answer:
    return Answer(status, found.model_dump_json(), {"ETag": etag(found.revision)})


@router.get(
    "/reviews/{code}/presentations", tags=TAGS, dependencies=[Depends(ANYONE)], summary="Which pledges are presented"
)
async def granted(
    code: str, request: Request, response: Response, parts: Using, limit: Limit = 50, cursor: Cursor = None
) -> Presentations:
    """Those with a slot, in the order in which they were asked for. Presenting is voluntary."""
    async with parts.database.transaction() as session:
        page = await queries.granted(session, code, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.post(
    "/reviews/{code}/presentations",
    tags=TAGS,
    status_code=201,
    response_model=PresentationOut,
    summary="Ask to present a pledge",
)
async def ask(code: str, wish: Wish, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For focal points and delegates of the pledge's entity, until the milestone is over."""
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return _answer(await commands.ask(session, actor, code, wish, moment), 201)

    return await once(actor, write)


@router.get("/presentations", tags=TAGS, summary="Who has asked to present")
async def wishes(
    request: Request,
    response: Response,
    actor: SignedIn,
    parts: Using,
    milestone: Annotated[Line | None, Query(description="Only at this milestone", examples=["plenary-2024"])] = None,
    entity: Annotated[Line | None, Query(description="Only of this entity; its members must name it")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Presentations:
    """In the order in which they asked; withdrawn ones too. For staff and reviewers, and members of the entity."""
    now = parts.clock.business()
    async with parts.database.transaction() as session:
        page = await queries.wishes(session, actor, now, milestone=milestone, entity=entity, limit=limit, cursor=cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.post("/presentations/{presentation_id}/grant", tags=TAGS, response_model=PresentationOut, summary="Give a slot")
async def grant(
    presentation_id: UUID, actor: Annotated[Actor, Depends(STAFF)], seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For Network staff. From then on it is public."""
    return await _settle(actor, presentation_id, seen, "granted", once, parts)


@router.post(
    "/presentations/{presentation_id}/withdraw", tags=TAGS, response_model=PresentationOut, summary="Not to present"
)
async def withdraw(presentation_id: UUID, actor: SignedIn, seen: SeenRevision, once: Once, parts: Using) -> Response:
    """For focal points and delegates of the entity, at any time and without a reason. It may ask again."""
    return await _settle(actor, presentation_id, seen, "withdrawn", once, parts)


async def _settle(
    actor: Actor, presentation_id: UUID, seen: int, state: PresentationState, once: Once, parts: Using
) -> Response:
    moment = parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return _answer(await commands.settle(session, actor, presentation_id, seen, state, moment))

    return await once(actor, write)
