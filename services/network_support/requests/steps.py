"""Routes of the steps that a request takes. Merging is in `triage`, matching and releasing are in `offers`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.conversation import commands as conversation
from services.network_support.requests import closing, commands, drafts
from services.network_support.requests.answering import ActingFor, EitherSide, SignedIn, Staff, answer
from services.network_support.requests.lifecycle import WITH_REASON, Step
from services.network_support.requests.models import SupportRequest
from services.network_support.requests.schemas import Closing, Confirmation, Edit, RequestView, Said, Wish
from shared.authors import Author, of_entity, staff, staff_or_entity
from shared.clock import Moment
from shared.web.app import Using
from shared.web.etag import SeenRevision, require
from shared.web.writing import Answer, Once, Writing

router = APIRouter(tags=["requests"])

Maybe = Annotated[Said | None, Body(examples=[{"reason": "Which consulates are meant?"}])]


@dataclass(frozen=True)
class Route:
    """A step that needs nothing but a reason: its path below the request, and what it means."""

    path: str
    step: Step
    says: str


BY_STAFF = (
    Route("acknowledge", "acknowledged", "Say that staff have read it"),
    Route("triage", "triaged", "Begin to look into it"),
    Route("ask", "asked", "Ask the requester for what is missing"),
    Route("accept", "accepted", "Say that help will be looked for"),
    Route("redirect", "redirected", "Name others who can help better"),
    Route("decline", "declined", "Say that it will not be helped with"),
    Route("begin-matching", "matching_begun", "Begin to look for offers"),
    Route("begin-delivery", "delivery_begun", "Say that the help has begun"),
    Route("deliver", "delivered", "Say that the help was given"),
)
BY_ENTITY = (
    Route("answer", "answered", "Answer what staff asked"),
    Route("withdraw", "withdrawn", "Take a request back, or discard a draft"),
)


async def _taken(
    session: AsyncSession, request: SupportRequest, step: Step, author: Author, moment: Moment, reason: str | None
) -> SupportRequest:
    """What is asked and answered stands in the conversation, too, from where it is mailed."""
    if step in {"asked", "answered"}:
        return await conversation.take(session, request, step, author, moment, reason=reason)
    return await commands.take(session, request, step, author, moment, reason=reason)


def _by_staff(step: Step) -> Callable[..., Awaitable[Response]]:
    async def take(
        request_id: UUID, actor: Staff, seen: SeenRevision, once: Once, parts: Using, said: Maybe = None
    ) -> Response:
        author, moment, reason = staff(actor), parts.clock.moment(), said.reason if said else None

        async def write(session: AsyncSession) -> Answer:
            request = await commands.locked(session, request_id, seen)
            return await answer(session, await _taken(session, request, step, author, moment, reason))

        return await once(actor, write)

    return take


def _by_entity(step: Step) -> Callable[..., Awaitable[Response]]:
    async def take(
        *,
        request_id: UUID,
        actor: SignedIn,
        acting: ActingFor,
        seen: SeenRevision,
        once: Once,
        parts: Using,
        said: Maybe = None,
    ) -> Response:
        author, moment, reason = of_entity(actor), parts.clock.moment(), said.reason if said else None

        async def write(session: AsyncSession) -> Answer:
            request = await commands.locked_by_entity(session, acting, request_id, seen, moment)
            return await answer(session, await _taken(session, request, step, author, moment, reason))

        return await once(actor, write)

    return take


def _add(route: Route, endpoint: Callable[..., Awaitable[Response]], whose: str) -> None:
    needs = f" Needs a reason: {WITH_REASON[route.step]}." if route.step in WITH_REASON else ""
    router.add_api_route(
        f"/requests/{{request_id}}/{route.path}",
        endpoint,
        methods=["POST"],
        response_model=RequestView,
        name=route.path.replace("-", "_"),
        summary=route.says,
        description=f"For {whose}.{needs} From a state that does not allow it: 409 with the steps that are allowed.",
    )


for _route in BY_STAFF:
    _add(_route, _by_staff(_route.step), "Network staff")
for _route in BY_ENTITY:
    _add(_route, _by_entity(_route.step), "focal points and delegates of the entity that asked")


@router.post("/requests/drafts", status_code=201, response_model=RequestView, summary="Begin a draft")
async def draft(*, wish: Wish, actor: SignedIn, acting: ActingFor, once: Once, parts: Using) -> Response:
    """For focal points and delegates. Only people of the entity see it, until one of them sends it."""
    author, moment = of_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await drafts.draft(session, acting, wish, author, moment), 201)

    return await once(actor, write)


@router.put("/requests/{request_id}/draft", response_model=RequestView, summary="Save a draft")
async def save_draft(
    *,
    request_id: UUID,
    edit: Edit,
    actor: SignedIn,
    acting: ActingFor,
    seen: SeenRevision,
    writing: Writing,
    parts: Using,
) -> Response:
    """For focal points and delegates of the entity."""
    author, moment = of_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await drafts.save(session, acting, request_id, seen, edit, author, moment))

    return await writing.run(write)


@router.post("/requests/{request_id}/send", response_model=RequestView, summary="Send a draft")
async def send_draft(
    *, request_id: UUID, actor: SignedIn, acting: ActingFor, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For focal points and delegates of the entity. For a pledge that is not published yet it waits."""
    author, moment = of_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await drafts.send(session, acting, request_id, seen, author, moment))

    return await once(actor, write)


@router.post("/requests/{request_id}/confirm", response_model=RequestView, summary="Confirm and rate the help")
async def confirm(
    *,
    request_id: UUID,
    said: Confirmation,
    actor: SignedIn,
    acting: ActingFor,
    seen: SeenRevision,
    once: Once,
    parts: Using,
) -> Response:
    """For focal points and delegates of the entity that asked. Rating, comment and lessons may be left out."""
    author, moment = of_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await closing.confirm(session, acting, request_id, seen, said, author, moment))

    return await once(actor, write)


@router.post("/requests/{request_id}/close", response_model=RequestView, summary="Close a request")
async def close(
    request_id: UUID, said: Closing, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For Network staff. From a state that does not allow it: 409 with the steps that are allowed."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await closing.close(session, request_id, seen, said, author, moment))

    return await once(actor, write)


@router.post("/requests/{request_id}/reopen", response_model=RequestView, summary="Take a closed request up again")
async def reopen(
    *, request_id: UUID, said: Said, actor: SignedIn, side: EitherSide, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For focal points and delegates of the entity that asked, and for Network staff, while the policy lets it.

    Needs a reason: what is still missing.
    """
    author, moment = staff_or_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        request = await commands.of_either_side(session, side, request_id, moment)
        require(seen, request.revision)
        return await answer(session, await closing.reopen(session, request, said.reason, author, moment))

    return await once(actor, write)
