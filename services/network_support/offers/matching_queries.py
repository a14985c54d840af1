"""Reads for matching: what is suggested, proposed and matched, and the draft of the reply."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.memberships import NO_SUCH_REQUEST
from services.network_support.offers import reply, suggesting
from services.network_support.offers.commands import NO_SUCH_OFFER
from services.network_support.offers.matching_schemas import (
    MatchView,
    ReplyDraft,
    Suggested,
    SuggestionReason,
    Suggestions,
    match_view,
)
from services.network_support.offers.models import Offer, OfferMatch
from services.network_support.offers.schemas import view
from services.network_support.offers.weights import Weights
from services.network_support.requests.models import KnownEntity, KnownPledge, SupportRequest
from shared.errors import NotFound
from shared.reference import catalogue

_REQUEST = select(SupportRequest).where(
    col(SupportRequest.request_id) == bindparam("request_id"), col(SupportRequest.sent_at).is_not(None)
)
_MATCHES = (
    select(OfferMatch, Offer)
    .join(Offer, col(Offer.offer_id) == col(OfferMatch.offer_id))
    .where(col(OfferMatch.request_id) == bindparam("request_id"))
    .order_by(col(OfferMatch.match_id))
)
_SHOWN = _MATCHES.where(col(OfferMatch.matched_at).is_not(None))  # to who asked
_OFFERS = select(Offer).where(col(Offer.offer_id).in_(bindparam("offer_ids", expanding=True)))
_TITLE = select(col(KnownPledge.title)).where(col(KnownPledge.pledge_id) == bindparam("pledge_id"))
_NAMES = select(KnownEntity).where(col(KnownEntity.entity_id).in_(bindparam("entity_ids", expanding=True)))


async def suggestions(session: AsyncSession, request_id: UUID, policy: Weights, today: date) -> Suggestions:
    """Raises NotFound."""
    request = await _request(session, request_id)
    found = await suggesting.suggestions(session, request, policy, today)
    offers = await _by_id(session, [one.candidate.offer_id for one in found])
    return Suggestions(
        items=[
            Suggested(
                offer=view(offers[one.candidate.offer_id], today, None),
                points=one.points,
                of=one.of,
                conflict=one.conflict,
                reasons=[SuggestionReason(**{**vars(each), "values": list(each.values)}) for each in one.reasons],
            )
            for one in found
        ]
    )


async def matches(session: AsyncSession, request_id: UUID, *, whole: bool) -> list[MatchView]:
    """`whole`: for Network staff and reviewers, with proposals. Who may see the request, the route asks."""
    rows = await session.execute(_MATCHES if whole else _SHOWN, {"request_id": request_id})
    return [match_view(*row, whole=whole) for row in rows]


async def reply_draft(session: AsyncSession, request_id: UUID, offer_ids: Sequence[UUID]) -> ReplyDraft:
    """From these offers, in the UN language nearest to the request's. Raises NotFound."""
    request = await _request(session, request_id)
    found = await _by_id(session, offer_ids)
    if missing := [offer_id for offer_id in offer_ids if offer_id not in found]:
        raise NotFound(f"{NO_SUCH_OFFER} Its id: {missing[0]}.")
    offers = [found[offer_id] for offer_id in offer_ids]
    language = reply.language_of(request.language)
    names = await _names(session, [request.entity_id, *(one.entity_id for one in offers if one.entity_id)], language)
    asked = reply.Asked(names[request.entity_id], await _title(session, request.pledge_id))
    text = reply.consolidated(asked, [_offered(one, names) for one in offers], language)
    conflicts = [one.title for one in offers if request.entity_id in one.conflicts_with]
    return ReplyDraft(language=language, text=text, conflicts=conflicts)


def _offered(offer: Offer, names: dict[str, str]) -> reply.Offered:
    giver = offer.provider or (names[offer.entity_id] if offer.entity_id else None)
    return reply.Offered(offer.title, offer.text, giver, offer.languages, offer.valid_until, offer.conflicts)


async def _request(session: AsyncSession, request_id: UUID) -> SupportRequest:
    found = (await session.execute(_REQUEST, {"request_id": request_id})).scalar_one_or_none()
    if found is None:
        raise NotFound(NO_SUCH_REQUEST)
    return found


async def _by_id(session: AsyncSession, offer_ids: Sequence[UUID]) -> dict[UUID, Offer]:
    rows = await session.execute(_OFFERS, {"offer_ids": list(offer_ids)})
    return {offer.offer_id: offer for offer in rows.scalars()}


async def _title(session: AsyncSession, pledge_id: UUID) -> str | None:
    return (await session.execute(_TITLE, {"pledge_id": pledge_id})).scalar_one_or_none()


async def _names(session: AsyncSession, entity_ids: Sequence[str], language: str) -> dict[str, str]:
    """What entities are called; of one that is not known yet, the reference data's name, or its code."""
    rows = (await session.execute(_NAMES, {"entity_ids": list(entity_ids)})).scalars()
    known = {one.entity_id: one.names.get(language) or one.names.get("en", one.entity_id) for one in rows}
    return {code: known.get(code) or _label(code, language) for code in entity_ids}


def _label(code: str, language: str) -> str:
    return catalogue.STATES[code].label(language) if code in catalogue.STATES else code
