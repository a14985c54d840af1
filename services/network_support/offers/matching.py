"""Proposing offers for a request, matching them, and letting go. Each use case takes the caller's session.

All of them hold the request's row first. Nothing is matched but by staff, and nobody is matched with oneself.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.conversation import commands as conversation
from services.network_support.offers import capacity
from services.network_support.offers.commands import NO_SUCH_OFFER, announce
from services.network_support.offers.matching_schemas import Matching
from services.network_support.offers.models import Offer, OfferMatch
from services.network_support.requests import commands as requests
from services.network_support.requests.lifecycle import State
from services.network_support.requests.models import SupportRequest
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict, FieldProblem, Invalid, NotFound

NO_SUCH_MATCH = "There is no such match of this request."
_MATCHED: tuple[State, ...] = ("matched", "delivering")
_PROPOSING: tuple[State, ...] = ("accepted", "matching", *_MATCHED)

_OFFERS = select(Offer).where(col(Offer.offer_id).in_(bindparam("offer_ids", expanding=True)))
_MATCH = select(OfferMatch).where(
    col(OfferMatch.match_id) == bindparam("match_id"), col(OfferMatch.request_id) == bindparam("request_id")
)


async def propose(
    session: AsyncSession, request_id: UUID, offer_id: UUID, note: str, author: Author, moment: Moment
) -> OfferMatch:
    """Notes that an offer may fit; nobody but staff sees it. With the first one of an accepted request matching begins.

    Raises NotFound, Invalid for an offer of the entity itself, Conflict for one that cannot be matched or is there.
    """
    request = await requests.locked(session, request_id)
    if request.state not in _PROPOSING:
        states = " or ".join(_PROPOSING)
        raise Conflict(f"The request is {request.state}; offers are proposed while it is {states}.")
    [offer] = await _offers(session, request, [offer_id], "offer_id")
    if offer.availability(moment.business.date()) != "available":
        raise capacity.refusal(offer, moment.business.date())
    if any(match.offer_id == offer_id for match in await capacity.present(session, request_id)):
        raise Conflict("The offer is proposed for this request already, or matched to it.")
    if request.state == "accepted":
        await requests.take(session, request, "matching_begun", author, moment)
    match = _new(request, offer_id, author, moment)
    match.note = note
    session.add(match)
    await session.flush()
    return match


async def drop(
    session: AsyncSession, request_id: UUID, match_id: UUID, author: Author, moment: Moment, reason: str | None
) -> OfferMatch:
    """Takes a proposal away. Raises NotFound, and Conflict when it is none any more."""
    await requests.locked(session, request_id)
    match = await _match(session, request_id, match_id)
    if match.state != "proposed":
        raise Conflict(f"It is {match.state}; only what is proposed can be dropped.")
    await capacity.end(session, match, "dropped", author, moment, reason)
    await session.flush()
    return match


async def match(
    session: AsyncSession, request_id: UUID, seen: int, wish: Matching, author: Author, moment: Moment
) -> SupportRequest:
    """One or several offers, proposed before or not, with one reply to the requester; also more of them later.

    Raises NotFound, Stale, Invalid, and Conflict for a state that does not allow it or an offer that cannot be matched.
    """
    request = await requests.locked(session, request_id, seen)
    offers = await _offers(session, request, wish.offer_ids, "offer_ids")
    _require_reasons(request, offers, wish)
    present = await capacity.present(session, request_id)
    if any(one.state == "matched" and one.offer_id in wish.offer_ids for one in present):
        raise Conflict("One of the offers is matched to this request already; nothing was saved. Leave it away.")
    await _reply(session, request, wish, author, moment)
    await capacity.take(session, wish.offer_ids, moment.business.date())
    proposed = {one.offer_id: one for one in present}
    for offer in offers:
        found = proposed.get(offer.offer_id) or _new(request, offer.offer_id, author, moment)
        found.state, found.matched_at, found.matched_by = "matched", moment.business, author.person_id
        found.despite = wish.despite if request.entity_id in offer.conflicts_with else None
        session.add(found)
        await announce(session, offer, "offer.matched.v1", moment)
    await session.flush()
    return request


async def _reply(
    session: AsyncSession, request: SupportRequest, wish: Matching, author: Author, moment: Moment
) -> None:
    """The step, with the reply as a message of the conversation. What joins a match later is a message alone."""
    words = conversation.Words(wish.reply, "api")
    if request.state in _MATCHED:
        await conversation.say(session, request, "staff", words, author, moment)
        return
    message = await conversation.put(session, request, "staff", words, author, moment)
    facts = {"offers": [str(one) for one in wish.offer_ids], "message": message.number}
    await requests.take(session, request, "matched", author, moment, facts=facts)


async def release(
    session: AsyncSession, request_id: UUID, match_id: UUID, seen: int, reason: str, author: Author, moment: Moment
) -> SupportRequest:
    """A match does not hold. With the last one the request is back in matching; of another a message tells.

    Raises NotFound, Stale, Conflict.
    """
    request = await requests.locked(session, request_id, seen)
    found = await _match(session, request_id, match_id)
    if found.state != "matched":
        raise Conflict(f"It is {found.state}; only what is matched can be released.")
    others = [one for one in await capacity.present(session, request_id) if one.state == "matched"]
    if len(others) > 1:
        await capacity.end(session, found, "released", author, moment, reason)
        await conversation.say(session, request, "staff", conversation.Words(reason, "api"), author, moment)
        return request
    return await requests.take(
        session, request, "released", author, moment, reason=reason, facts={"offers": [str(found.offer_id)]}
    )


def _new(request: SupportRequest, offer_id: UUID, author: Author, moment: Moment) -> OfferMatch:
    return OfferMatch(
        match_id=uuid7(),
        request_id=request.request_id,
        offer_id=offer_id,
        state="proposed",
        proposed_at=moment.business,
        proposed_by=author.person_id or author.by,
    )


async def _offers(session: AsyncSession, request: SupportRequest, offer_ids: Sequence[UUID], field: str) -> list[Offer]:
    """In the order of the ids given. Raises NotFound and Invalid."""
    rows = await session.execute(_OFFERS, {"offer_ids": list(offer_ids)}, execution_options={"populate_existing": True})
    found = {offer.offer_id: offer for offer in rows.scalars()}
    for offer_id in offer_ids:
        if offer_id not in found:
            raise NotFound(f"{NO_SUCH_OFFER} Its id: {offer_id}.")
        if found[offer_id].entity_id == request.entity_id:
            fault = FieldProblem(field, "has an offer of the entity that asks", "choose offers of others")
            raise Invalid("Nobody is matched with oneself; nothing was saved.", [fault])
    return [found[offer_id] for offer_id in offer_ids]


def _require_reasons(request: SupportRequest, offers: Sequence[Offer], wish: Matching) -> None:
    """Raises Invalid when a conflict with the requester is declared and nobody says why it is matched all the same."""
    conflicts = [offer.title for offer in offers if request.entity_id in offer.conflicts_with]
    if conflicts and wish.despite is None:
        fault = FieldProblem(
            "despite",
            f"is needed: a conflict of interest with {request.entity_id} is declared by “{'”, “'.join(conflicts)}”",
            "say why it is matched all the same, or leave that offer away",
        )
        raise Invalid("A declared conflict of interest needs a reason; nothing was saved.", [fault])


async def _match(session: AsyncSession, request_id: UUID, match_id: UUID) -> OfferMatch:
    found = (await session.execute(_MATCH, {"match_id": match_id, "request_id": request_id})).scalar_one_or_none()
    if found is None:
        raise NotFound(NO_SUCH_MATCH)
    return found
