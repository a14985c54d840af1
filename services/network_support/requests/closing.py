"""The end of a request: confirmed and rated by who asked, closed, and taken up again while the policy lets it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.memberships import Acting
from services.network_support.requests.commands import locked, locked_by_entity, take
from services.network_support.requests.models import RequestFeedback, SupportRequest
from services.network_support.requests.policy import policy
from services.network_support.requests.schemas import Closing, Confirmation
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict


async def confirm(
    session: AsyncSession,
    acting: Acting,
    request_id: UUID,
    seen: int,
    said: Confirmation,
    author: Author,
    moment: Moment,
) -> SupportRequest:
    """The help arrived. Raises NotFound, Forbidden, Stale, Conflict."""
    request = await locked_by_entity(session, acting, request_id, seen, moment)
    await take(session, request, "confirmed", author, moment)
    await _keep(session, request, author, said.rating, said.comment, said.lessons)
    return request


async def close(
    session: AsyncSession, request_id: UUID, seen: int, said: Closing, author: Author, moment: Moment
) -> SupportRequest:
    """Raises NotFound, Stale, Conflict."""
    request = await locked(session, request_id, seen)
    await take(session, request, "closed", author, moment, reason=said.reason)
    await _keep(session, request, author, None, None, said.lessons)
    return request


async def reopen(
    session: AsyncSession, request: SupportRequest, reason: str | None, author: Author, moment: Moment
) -> SupportRequest:
    """By either side, which the caller has locked it for. Raises Conflict, also when it was closed too long ago."""
    until = policy().reopens_until(request.changed_at)
    if request.state == "closed" and moment.business > until:
        said = f"It could be taken up again until {until:%Y-%m-%d}; send a new request."
        raise Conflict(said, more={"state": request.state, "allowed": []})
    return await take(session, request, "reopened", author, moment, reason=reason)


async def _keep(
    session: AsyncSession,
    request: SupportRequest,
    author: Author,
    rating: int | None,
    comment: str | None,
    lessons: str | None,
) -> None:
    if rating is None and not comment and not lessons:
        return
    kept = RequestFeedback(request_id=request.request_id, revision=request.revision, by=author.by, rating=rating)
    kept.comment, kept.lessons = comment or None, lessons or None
    session.add(kept)
    await session.flush()
