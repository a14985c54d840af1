"""Merging a request into another one, and undoing it. Clocks end and begin again with the steps: clocks/commands.py."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.network_support.merging import queries
from services.network_support.merging.lifecycle import require
from services.network_support.merging.models import RequestMerge
from services.network_support.merging.schemas import Merging
from services.network_support.requests import commands
from services.network_support.requests.lifecycle import Decision
from services.network_support.requests.models import SupportRequest
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Invalid, NotFound
from shared.web import etag


async def merge(
    session: AsyncSession, request_id: UUID, seen: int, wish: Merging, author: Author, moment: Moment
) -> SupportRequest:
    """Raises NotFound, Stale, Conflict, and Invalid naming `into`."""
    merged, into = await _both(session, request_id, wish.into)
    etag.require(seen, merged.revision)
    require(await queries.side(session, merged), await queries.side(session, into))
    before = merged.state
    facts = {"into": str(into.request_id)}
    await commands.take(session, merged, "merged", author, moment, reason=wish.reason, facts=facts)
    made = RequestMerge(
        merge_id=uuid7(),
        request_id=request_id,
        into_id=into.request_id,
        state=before,
        reason=wish.reason,
        merged_at=moment.business,
    )
    session.add(made)
    await session.flush()
    return merged


async def undo(
    session: AsyncSession, request_id: UUID, seen: int, reason: str, author: Author, moment: Moment
) -> SupportRequest:
    """It is a request of its own again, where it was before. Raises NotFound, Stale, Conflict when it is not merged."""
    request = await commands.locked(session, request_id, seen)
    found = await queries.present(session, request_id)
    if found is None:
        raise Conflict("This request is not merged into another one.", more={"state": request.state})
    found.undone_at = moment.business
    facts = {"from": str(found.into_id)}
    to = Decision(found.state)
    return await commands.take(session, request, "unmerged", author, moment, to=to, reason=reason, facts=facts)


async def _both(session: AsyncSession, merged: UUID, into: UUID) -> tuple[SupportRequest, SupportRequest]:
    """Locked in one order, so that two who merge each way wait for each other, and the second finds a merged one."""
    found: dict[UUID, SupportRequest] = {}
    for request_id in sorted({merged, into}):
        try:
            found[request_id] = await commands.locked(session, request_id)
        except NotFound:
            if request_id == merged:
                raise
            fault = FieldProblem("into", "is no request that was sent", "look it up: GET /cases?text=…")
            raise Invalid("It cannot be merged into that request; nothing was saved.", [fault]) from None
    return found[merged], found[into]
