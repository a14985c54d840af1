"""Routes for those who pledge together: partners sign off or dissent, an entity accepts what was filed in its name."""

from enum import Enum
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.progress import answers, partners
from services.pledges.progress.api import Number
from services.pledges.registry import commands
from services.pledges.registry.api import SignedIn, call_of
from services.pledges.registry.api import answer as answer_of
from services.pledges.registry.partners import PLEDGE
from services.pledges.registry.schemas import AnsweredPage, Answering, AwaitedPage, ProxyAnswering, WorkingCopy
from shared.events.pledges import SignOff
from shared.web.app import Using
from shared.web.auth import ANYONE
from shared.web.etag import SeenRevision
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once

router = APIRouter()
TAGS: list[str | Enum] = ["pledges: together"]


@router.post("/pledges/{pledge_id}/sign-off", tags=TAGS, response_model=SignOff, summary="Sign it off, or dissent")
async def sign_off(pledge_id: UUID, said: Answering, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For focal points and delegates of its partner entities, on its latest public version. The last answer holds."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        given = await partners.answer(session, pledge_id, PLEDGE, said, call)
        return Answer(200, given.model_dump_json())

    return await once(actor, write)


@router.post(
    "/pledges/{pledge_id}/updates/{number}/sign-off",
    tags=TAGS,
    response_model=SignOff,
    summary="Sign off a report, or dissent",
)
async def sign_off_report(
    pledge_id: UUID, number: Number, said: Answering, actor: SignedIn, once: Once, parts: Using
) -> Response:
    """For focal points and delegates of the pledge's entities, but of the one that reported. The last answer holds."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        given = await partners.answer(session, pledge_id, number, said, call)
        return Answer(200, given.model_dump_json())

    return await once(actor, write)


@router.get(
    "/pledges/{pledge_id}/sign-offs", tags=TAGS, dependencies=[Depends(ANYONE)], summary="All that its partners said"
)
async def sign_offs(
    pledge_id: UUID, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> AnsweredPage:
    """Newest first, of the pledge and of its reports; what holds now stands with them."""
    async with parts.database.transaction() as session:
        page = await answers.answers(session, pledge_id, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.get("/me/sign-offs", tags=TAGS, summary="What awaits the answer of the entities that you act for")
async def my_sign_offs(
    request: Request, response: Response, actor: SignedIn, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> AwaitedPage:
    """Published versions and reports on which a partner of yours has not said anything yet."""
    async with parts.database.transaction() as session:
        page = await answers.awaited(session, actor.person, parts.clock.business(), limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.post(
    "/pledges/{pledge_id}/proxy-answer", tags=TAGS, response_model=WorkingCopy, summary="Accept what another one filed"
)
async def answer_proxy(
    pledge_id: UUID, said: ProxyAnswering, actor: SignedIn, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For focal points and delegates of the entity in whose name it was filed; or refuse it, and it goes back."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        return answer_of(await commands.answer_proxy(session, pledge_id, seen, said, call))

    return await once(actor, write)
