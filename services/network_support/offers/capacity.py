"""Capacity: down with a match, back with its release; and what follows for matches when their request takes a step.

A match takes one of what is left by a single statement that looks and counts at once, so that of two for the last one
only one has it, however they come. Whoever changes several offers holds the request's row first and takes the offers
in the order of their ids: no two wait for each other.
"""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.offers.lifecycle import WHY_NOT, MatchState
from services.network_support.offers.models import Offer, OfferMatch
from services.network_support.offers.queries import matchable
from services.network_support.requests.lifecycle import Step
from services.network_support.requests.models import SupportRequest
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict

_OPEN: tuple[MatchState, ...] = ("proposed", "matched")
_PRESENT = (
    select(OfferMatch)
    .where(col(OfferMatch.request_id) == bindparam("request_id"), col(OfferMatch.state).in_(_OPEN))
    .order_by(col(OfferMatch.offer_id))
    .execution_options(populate_existing=True)
)
_BACK = (
    update(Offer)
    .where(col(Offer.offer_id) == bindparam("offer"))
    .values(used=col(Offer.used) - 1)
    .execution_options(synchronize_session=False)
)
_WHICH = select(Offer).where(col(Offer.offer_id) == bindparam("offer_id")).execution_options(populate_existing=True)

# what becomes of open matches when their request takes a step: of those that are proposed, and that are matched
_AFTER: Mapping[Step, tuple[MatchState, MatchState]] = {
    "withdrawn": ("dropped", "released"),
    "merged": ("dropped", "released"),
    "released": ("proposed", "released"),
    "delivered": ("dropped", "delivered"),
}


async def after(
    session: AsyncSession, request: SupportRequest, step: Step, author: Author, moment: Moment, reason: str | None
) -> None:
    """Called with every step of a request, which is locked. Help that was given is used up for good."""
    if step not in _AFTER:
        return
    proposed, matched = _AFTER[step]
    for match in await present(session, request.request_id):
        await end(session, match, proposed if match.state == "proposed" else matched, author, moment, reason)
    await session.flush()


async def present(session: AsyncSession, request_id: UUID) -> list[OfferMatch]:
    """The matches and proposals of a request that have not ended, by their offers."""
    return list((await session.execute(_PRESENT, {"request_id": request_id})).scalars())


async def end(
    session: AsyncSession, match: OfferMatch, state: MatchState, author: Author, moment: Moment, reason: str | None
) -> None:
    """To another state; a match that is released gives back what it took."""
    if state == match.state:
        return
    if state == "released":
        await session.execute(_BACK, {"offer": match.offer_id})
    match.state, match.reason = state, reason
    match.ended_at, match.ended_by = moment.business, author.person_id or author.by


async def take(session: AsyncSession, offer_ids: Collection[UUID], today: date) -> None:
    """One of each; all or, with the transaction, none. Raises Conflict, naming the offer that cannot be matched."""
    for offer_id in sorted(offer_ids):
        taken = (
            update(Offer)
            .where(col(Offer.offer_id) == offer_id, *matchable(today))
            .values(used=col(Offer.used) + 1)
            .returning(col(Offer.offer_id))
            .execution_options(synchronize_session=False)
        )
        if (await session.execute(taken)).one_or_none() is None:
            raise await _refused(session, offer_id, today)


async def _refused(session: AsyncSession, offer_id: UUID, today: date) -> Conflict:
    offer = (await session.execute(_WHICH, {"offer_id": offer_id})).scalar_one()
    return refusal(offer, today)


def refusal(offer: Offer, today: date) -> Conflict:
    """For one that cannot be matched."""
    why = WHY_NOT.get(offer.availability(today), "was changed just now")
    return Conflict(
        f"The offer “{offer.title}” {why}; nothing was saved. Leave it away, or choose another one.",
        more={"offer_id": str(offer.offer_id)},
    )
