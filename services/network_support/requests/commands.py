"""What can be done with a request. Each use case takes the caller's session and never commits.

None of them gives back a request of another entity.
"""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.memberships import NO_SUCH_REQUEST, Acting
from services.network_support.requests import known_pledges
from services.network_support.requests.announcements import announce
from services.network_support.requests.lifecycle import REFUSALS, Decision, Pledge, Step, after, decide
from services.network_support.requests.models import RequestHistory, SupportRequest
from services.network_support.requests.schemas import Opening
from shared.authors import Author
from shared.clock import Moment
from shared.errors import FieldProblem, Invalid, NotFound
from shared.web import etag

_LOCKED = (
    select(SupportRequest)
    .where(col(SupportRequest.request_id) == bindparam("request_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_PENDING = (
    select(SupportRequest)
    .where(col(SupportRequest.pledge_id) == bindparam("pledge_id"), col(SupportRequest.state) == "pending_pledge")
    .order_by(col(SupportRequest.request_id))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def open_request(
    session: AsyncSession, acting: Acting, wish: Opening, author: Author, moment: Moment
) -> SupportRequest:
    """A new request: submitted, or pending while the pledge is not known.

    Raises Forbidden for those who may not act for the entity, Invalid naming `pledge_id` when it is not in order.
    """
    acting.require_write(wish.entity_id, moment.business)
    await known_pledges.lock(session, wish.pledge_id)
    decision = decide(wish.entity_id, await known_pledges.find(session, wish.pledge_id))
    if decision.refusal:
        fault = FieldProblem("pledge_id", *REFUSALS[decision.refusal])
        raise Invalid(f"The pledge {fault.problem}; nothing was saved.", [fault])
    request = SupportRequest(
        **wish.model_dump(),
        request_id=uuid7(),
        state=decision.state,
        created_at=moment.business,
        changed_at=moment.business,
    )
    session.add(request)
    await _record(session, request, "opened", decision, author, moment)
    return request


async def decide_pending(
    session: AsyncSession, pledge_id: UUID, pledge: Pledge, author: Author, moment: Moment
) -> None:
    """All requests that waited for this pledge. Under the lock of `known_pledges`."""
    for request in (await session.execute(_PENDING, {"pledge_id": pledge_id})).scalars().all():
        await _record(session, request, "decided", decide(request.entity_id, pledge), author, moment)


async def acknowledge(
    session: AsyncSession, request_id: UUID, seen: int, author: Author, moment: Moment
) -> SupportRequest:
    """Staff have read it (which staff, the route's rule says). Raises NotFound, Stale, Conflict."""
    request = await _locked(session, request_id)
    return await _take(session, request, "acknowledged", seen, author, moment)


async def withdraw(
    session: AsyncSession, acting: Acting, request_id: UUID, seen: int, author: Author, moment: Moment
) -> SupportRequest:
    """The entity takes it back. Raises NotFound, also for other entities' callers, Forbidden, Stale, Conflict."""
    request = await _locked(session, request_id)
    acting.require_read(request.entity_id, moment.business)
    acting.require_write(request.entity_id, moment.business)
    return await _take(session, request, "withdrawn", seen, author, moment)


async def _locked(session: AsyncSession, request_id: UUID) -> SupportRequest:
    request = (await session.execute(_LOCKED, {"request_id": request_id})).scalar_one_or_none()
    if request is None:
        raise NotFound(NO_SUCH_REQUEST)
    return request


async def _take(
    session: AsyncSession, request: SupportRequest, step: Step, seen: int, author: Author, moment: Moment
) -> SupportRequest:
    etag.require(seen, request.revision)
    await _record(session, request, step, Decision(after(request.state, step)), author, moment)
    return request


async def _record(
    session: AsyncSession, request: SupportRequest, step: Step, decision: Decision, author: Author, moment: Moment
) -> None:
    """The change, its line of history and its events, flushed: what follows in this transaction sees them."""
    request.state, request.refusal = decision.state, decision.refusal
    request.revision += 1
    request.changed_at = moment.business
    line = RequestHistory(
        request_id=request.request_id,
        revision=request.revision,
        step=step,
        state=request.state,
        refusal=request.refusal,
        by=author.by,
        person=author.person_id,
        at=moment.business,
        recorded_at=moment.system,
    )
    await announce(session, request, line)
    await session.flush()  # the request first: its history refers to it
    session.add(line)
    await session.flush()
