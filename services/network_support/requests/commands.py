"""What can be done with a request. Each use case takes the caller's session and never commits.

None of them gives back a request of another entity. `take` is the only way from one state to another.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.clocks import commands as clocks
from services.network_support.memberships import NO_SUCH_REQUEST, Acting
from services.network_support.offers import capacity
from services.network_support.requests import known_pledges
from services.network_support.requests.announcements import announce
from services.network_support.requests.lifecycle import (
    NEW,
    REFUSALS,
    Decision,
    Pledge,
    Step,
    after,
    decide,
    require_reason,
)
from services.network_support.requests.models import RequestHistory, SupportRequest
from services.network_support.requests.schemas import Opening, Wish
from services.network_support.triage import following
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


async def take(
    session: AsyncSession,
    request: SupportRequest,
    step: Step,
    author: Author,
    moment: Moment,
    *,
    to: Decision | None = None,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> SupportRequest:
    """One step: the new state, revision, line of history, events and clocks, flushed. The request is new or locked.

    `to` where the step leaves a choice. `facts`: ids and codes for the history, never names or texts.
    Raises Conflict, naming the allowed steps, and Invalid when the step needs a reason.
    """
    require_reason(step, reason)
    request.state = after(request.state if request.revision else NEW, step, to.state if to else None)
    request.refusal = to.refusal if to else None
    request.revision += 1
    request.changed_at = moment.business
    line = _line(request, step, author, moment)
    line.reason, line.facts = reason, dict(facts or {})
    await announce(session, request, line)
    await session.flush()  # the request first: its history refers to it
    session.add(line)
    await session.flush()
    await clocks.after(session, request, step, moment)
    await capacity.after(session, request, step, author, moment, reason)
    await following.after(session, request, step, moment)
    return request


def _line(request: SupportRequest, step: Step, author: Author, moment: Moment) -> RequestHistory:
    return RequestHistory(
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


async def open_request(
    session: AsyncSession, acting: Acting, wish: Opening, author: Author, moment: Moment
) -> SupportRequest:
    """A new request: submitted, or pending while the pledge is not known.

    Raises Forbidden for those who may not act for the entity, Invalid naming `pledge_id` when it is not in order.
    """
    acting.require_write(wish.entity_id, moment.business)
    request = begun(wish, moment)
    session.add(request)
    return await opened(session, request, author, moment)


def begun(wish: Wish, moment: Moment) -> SupportRequest:
    """A request that has no state yet; `take` gives it one."""
    at = moment.business
    return SupportRequest(**wish.model_dump(), request_id=uuid7(), state="draft", created_at=at, changed_at=at)


async def opened(session: AsyncSession, request: SupportRequest, author: Author, moment: Moment) -> SupportRequest:
    """Sent to the Network. Raises Invalid naming `pledge_id` when the pledge is not in order."""
    with session.no_autoflush:  # a new one has no line of history yet
        await known_pledges.lock(session, request.pledge_id)
        decision = decide(request.entity_id, await known_pledges.find(session, request.pledge_id))
    if decision.refusal:
        fault = FieldProblem("pledge_id", *REFUSALS[decision.refusal])
        raise Invalid(f"The pledge {fault.problem}; nothing was saved.", [fault])
    request.sent_at = moment.business
    return await take(session, request, "opened", author, moment, to=decision)


async def decide_pending(
    session: AsyncSession, pledge_id: UUID, pledge: Pledge, author: Author, moment: Moment
) -> None:
    """All requests that waited for this pledge. Under the lock of `known_pledges`."""
    for request in (await session.execute(_PENDING, {"pledge_id": pledge_id})).scalars().all():
        await take(session, request, "decided", author, moment, to=decide(request.entity_id, pledge))


async def locked(session: AsyncSession, request_id: UUID, seen: int | None = None) -> SupportRequest:
    """The request for staff, until the transaction ends. Raises NotFound, also for what was never sent, and Stale."""
    request = await _locked(session, request_id)
    if request.sent_at is None:
        raise NotFound(NO_SUCH_REQUEST)
    if seen is not None:
        etag.require(seen, request.revision)
    return request


async def of_entity(session: AsyncSession, acting: Acting, request_id: UUID, moment: Moment) -> SupportRequest:
    """The request for its entity, locked. Raises NotFound, also for other entities' callers, and Forbidden."""
    request = await _locked(session, request_id)
    acting.require_read(request.entity_id, moment.business)
    acting.require_write(request.entity_id, moment.business)
    return request


async def of_either_side(
    session: AsyncSession, acting: Acting | None, request_id: UUID, moment: Moment
) -> SupportRequest:
    """The request for its entity or, with None, for staff. As `of_entity` and `locked`."""
    return await (of_entity(session, acting, request_id, moment) if acting else locked(session, request_id))


async def locked_by_entity(
    session: AsyncSession, acting: Acting, request_id: UUID, seen: int, moment: Moment
) -> SupportRequest:
    """The request for its entity, as it was seen. Raises NotFound, Forbidden, Stale."""
    request = await of_entity(session, acting, request_id, moment)
    etag.require(seen, request.revision)
    return request


async def _locked(session: AsyncSession, request_id: UUID) -> SupportRequest:
    request = (await session.execute(_LOCKED, {"request_id": request_id})).scalar_one_or_none()
    if request is None:
        raise NotFound(NO_SUCH_REQUEST)
    return request
