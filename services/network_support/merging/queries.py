"""Reads of merges, and of requests that may be the same one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.clocks.lifecycle import KINDS
from services.network_support.clocks.models import RequestClock
from services.network_support.memberships import NO_SUCH_REQUEST
from services.network_support.merging import lifecycle
from services.network_support.merging.lifecycle import Side
from services.network_support.merging.likeness import LEAST, LONGEST, Likeness, Said, compare
from services.network_support.merging.models import RequestMerge
from services.network_support.merging.schemas import Candidate, MergedRequest, Preview, WhyAlike
from services.network_support.merging.words import says
from services.network_support.requests.lifecycle import MOVES, State
from services.network_support.requests.models import SupportRequest
from shared.errors import Conflict, NotFound
from shared.searching.folding import fold

MOST = 100  # of the entity's newest that are compared
SHOWN = 10
EXCERPT = 200  # characters
_NOT_WORTH: frozenset[State] = frozenset({"merged", "withdrawn", "refused", "pending_pledge", "draft"})


async def candidates(session: AsyncSession, request_id: UUID) -> list[Candidate]:
    """Requests of the same entity that may be the same one, the likeliest first. Raises NotFound."""
    asked = await _sent(session, request_id)
    chosen = (
        select(SupportRequest)
        .where(col(SupportRequest.entity_id) == asked.entity_id, col(SupportRequest.request_id) != request_id)
        .where(col(SupportRequest.state).not_in(_NOT_WORTH))
        .order_by(col(SupportRequest.request_id).desc())
        .limit(MOST)
    )
    mine = _said(asked)
    found = [(compare(mine, _said(other)), other) for other in (await session.execute(chosen)).scalars()]
    likely = sorted((one for one in found if one[0].score >= LEAST), key=lambda one: (-one[0].score, one[1].request_id))
    return [_candidate(other, likeness) for likeness, other in likely[:SHOWN]]


async def preview(session: AsyncSession, request_id: UUID, into_id: UUID) -> Preview:
    """What a merge would do. Raises NotFound for either of the two."""
    merged, into = await _sent(session, request_id), await _sent(session, into_id)
    likeness = compare(_said(merged), _said(into))
    fault = lifecycle.fault(await side(session, merged), await side(session, into))
    problem = _problem(merged) if fault is None else (fault.fields[0].problem if fault.fields else fault.detail)
    return Preview(
        possible=problem is None,
        problem=problem,
        merged=_candidate(merged, likeness),
        into=_candidate(into, likeness),
        clocks=await _open_clocks(session, request_id),
        comes_along=[one.request_id for one in await merged_into(session, request_id)],
    )


async def merged_into(session: AsyncSession, request_id: UUID) -> list[MergedRequest]:
    """The requests that were merged into this one, the first one first."""
    chosen = (
        select(RequestMerge)
        .where(col(RequestMerge.into_id) == request_id, col(RequestMerge.undone_at).is_(None))
        .order_by(col(RequestMerge.merge_id))
        .limit(MOST)
    )
    return [shown(one) for one in (await session.execute(chosen)).scalars()]


async def present(session: AsyncSession, request_id: UUID) -> RequestMerge | None:
    """The merge of this request into another one, if it is merged now."""
    own = col(RequestMerge.request_id) == request_id
    found = await session.execute(select(RequestMerge).where(own, col(RequestMerge.undone_at).is_(None)))
    return found.scalar_one_or_none()


async def goes_on_in(session: AsyncSession, request: SupportRequest) -> SupportRequest:
    """The request itself or, if it was merged, the one in which it goes on; always of the same entity."""
    while request.state == "merged" and (merged := await present(session, request.request_id)):
        request = await session.get_one(SupportRequest, merged.into_id)
    return request


async def require_unmerged(session: AsyncSession, request: SupportRequest) -> None:
    """Raises Conflict, saying in which request it goes on."""
    if request.state == "merged":
        there = await goes_on_in(session, request)
        raise Conflict("It goes on in another request: go on there.", more={"into": str(there.request_id)})


def shown(one: RequestMerge) -> MergedRequest:
    values = one.model_dump(include={"request_id", "reason", "merged_at"})
    return MergedRequest.model_validate({**values, "into": one.into_id, "state_before": one.state})


async def side(session: AsyncSession, request: SupportRequest) -> Side:
    into = await present(session, request.request_id)
    return Side(request.request_id, request.entity_id, request.state, into.into_id if into else None)


async def _open_clocks(session: AsyncSession, request_id: UUID) -> list[str]:
    own = col(RequestClock.request_id) == request_id
    chosen = select(col(RequestClock.kind)).where(own, col(RequestClock.ended_at).is_(None))
    return sorted((await session.execute(chosen)).scalars(), key=KINDS.index)


def _problem(merged: SupportRequest) -> str | None:
    if merged.state in MOVES["merged"]:
        return None
    return f"The request that would end is {merged.state.replace('_', ' ')}, so it cannot be merged."


async def _sent(session: AsyncSession, request_id: UUID) -> SupportRequest:
    found = await session.get(SupportRequest, request_id)
    if found is None or found.sent_at is None:
        raise NotFound(NO_SUCH_REQUEST)
    return found


def _said(request: SupportRequest) -> Said:
    text = fold(request.text[: 2 * LONGEST])
    return Said(request.entity_id, request.pledge_id, request.type, request.language, text)


def _candidate(request: SupportRequest, likeness: Likeness) -> Candidate:
    reasons = [WhyAlike(code=why.code, parameters=why.parameters, says=says(why)) for why in likeness.reasons]
    values = request.model_dump(include={"request_id", "state", "type", "language", "pledge_id", "sent_at"})
    return Candidate.model_validate(
        {**values, "excerpt": request.text[:EXCERPT], "score": likeness.score, "reasons": reasons}
    )
