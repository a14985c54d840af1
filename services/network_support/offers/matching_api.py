"""Routes of matching: below a request, for Network staff; who asked reads what was matched."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.memberships import AskingMemberships
from services.network_support.offers import matching, matching_queries
from services.network_support.offers.matching_schemas import (
    MOST_OFFERS,
    Dropping,
    Matches,
    Matching,
    OfferIds,
    Proposing,
    Releasing,
    ReplyDraft,
    Suggestions,
)
from services.network_support.offers.weights import weights
from services.network_support.requests.answering import SignedIn, Staff, StaffOrReviewer, answer, readable, reader
from services.network_support.requests.schemas import RequestView
from shared.authors import staff
from shared.web.app import Using
from shared.web.etag import SeenRevision
from shared.web.writing import Answer, Once

router = APIRouter(tags=["matching"])


@router.get("/requests/{request_id}/suggestions", summary="Offers that may fit, with the reasons")
async def read_suggestions(request_id: UUID, _: StaffOrReviewer, parts: Using) -> Suggestions:
    """For Network staff and reviewers. The weights are a policy file; nothing is matched by itself."""
    async with parts.database.transaction() as session:
        return await matching_queries.suggestions(session, request_id, weights(), parts.clock.business().date())


@router.get("/requests/{request_id}/matches", summary="Offers that are proposed for a request, or matched to it")
async def read_matches(request_id: UUID, actor: SignedIn, memberships: AskingMemberships, parts: Using) -> Matches:
    """For Network staff and reviewers; the people of the entity that asked see what was matched."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        await readable(session, request_id, acting, parts)
        return Matches(items=await matching_queries.matches(session, request_id, whole=acting is None))


@router.get("/requests/{request_id}/reply", summary="A reply to the requester, put together from several offers")
async def read_reply(
    request_id: UUID,
    _: StaffOrReviewer,
    offer: Annotated[OfferIds, Query(description=f"Ids of offers, in the order of the reply; up to {MOST_OFFERS}")],
    parts: Using,
) -> ReplyDraft:
    """For Network staff and reviewers: a draft in the UN language nearest to the request's. It writes nothing."""
    async with parts.database.transaction() as session:
        return await matching_queries.reply_draft(session, request_id, offer)


@router.post("/requests/{request_id}/proposals", status_code=201, response_model=Matches, summary="Propose an offer")
async def propose(request_id: UUID, wish: Proposing, actor: Staff, once: Once, parts: Using) -> Response:
    """For Network staff. The first one begins the matching of an accepted request; capacity stays as it is."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        await matching.propose(session, request_id, wish.offer_id, wish.note, author, moment)
        return await _matches(session, request_id, 201)

    return await once(actor, write)


@router.post("/requests/{request_id}/proposals/{match_id}/drop", response_model=Matches, summary="Take a proposal away")
async def drop(request_id: UUID, match_id: UUID, says: Dropping, actor: Staff, once: Once, parts: Using) -> Response:
    """For Network staff."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        await matching.drop(session, request_id, match_id, author, moment, says.reason)
        return await _matches(session, request_id)

    return await once(actor, write)


@router.post("/requests/{request_id}/match", response_model=RequestView, summary="Match offers, with one reply")
async def match(
    request_id: UUID, wish: Matching, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For Network staff. All of the offers or none: 409 names the one that has no capacity left, or is not valid."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await answer(session, await matching.match(session, request_id, seen, wish, author, moment))

    return await once(actor, write)


@router.post(
    "/requests/{request_id}/matches/{match_id}/release", response_model=RequestView, summary="Let go of a match"
)
async def release(
    *,
    request_id: UUID,
    match_id: UUID,
    says: Releasing,
    actor: Staff,
    seen: SeenRevision,
    once: Once,
    parts: Using,
) -> Response:
    """For Network staff: the offer has its capacity back. With the last match the request is back in matching."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        changed = await matching.release(session, request_id, match_id, seen, says.reason, author, moment)
        return await answer(session, changed)

    return await once(actor, write)


async def _matches(session: AsyncSession, request_id: UUID, status: int = 200) -> Answer:
    found = Matches(items=await matching_queries.matches(session, request_id, whole=True))
    return Answer(status, found.model_dump_json())
