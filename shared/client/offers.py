"""Offers of help and their matches with requests."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.offers import (
    Dropping,
    Match,
    Matching,
    Offer,
    OfferContent,
    Offering,
    OfferLine,
    Proposing,
    Releasing,
    ReplyDraft,
    Returning,
    Suggested,
    UnmetDemand,
    Withdrawing,
)
from shared.client.models.support import Request
from shared.client.room import Id, Room
from shared.client.sending import at

OfferList = Listing[Page[Offer], Offer]


class OfferFilters(TypedDict, total=False):
    """`matchable`: "yes" for those that can be matched now."""

    state: str | None
    kind: str | None
    entity: str | None
    objective: str | None
    type: str | None
    matchable: str | None
    limit: int | None
    cursor: str | None


class Offers(Room):
    """Part of the network_support service."""

    def offers(self, **filters: Unpack[OfferFilters]) -> OfferList:
        """For staff and reviewers: all, newest first."""
        return self._to.pages(at("offers"), Page[Offer], **filters)

    def my_offers(self, **filters: Unpack[OfferFilters]) -> OfferList:
        """Those of the entities that the caller acts for, newest first."""
        return self._to.pages(at("me", "offers"), Page[Offer], **filters)

    async def offer(self, offer_id: Id) -> Offer:
        return await self._to.get(at("offers", offer_id), Offer)

    async def offer_history(self, offer_id: Id) -> Page[OfferLine]:
        """All of it on one page."""
        return await self._to.get(at("offers", offer_id, "history"), Page[OfferLine])

    async def make_offer(self, wish: Offering, *, key: str | None = None) -> Offer:
        """An entity's waits until staff have found it complete; one that staff record is open."""
        return await self._to.post(at("offers"), Offer, wish, key=key)

    async def edit_offer(self, offer_id: Id, content: OfferContent, *, seen: str) -> Offer:
        return await self._to.put(at("offers", offer_id), Offer, content, seen=seen)

    async def accept_offer(self, offer_id: Id, *, seen: str, key: str | None = None) -> Offer:
        """For staff: it is complete."""
        return await self._to.post(at("offers", offer_id, "accept"), Offer, seen=seen, key=key)

    async def return_offer(self, offer_id: Id, says: Returning, *, seen: str, key: str | None = None) -> Offer:
        """For staff: something is missing."""
        return await self._to.post(at("offers", offer_id, "return"), Offer, says, seen=seen, key=key)

    async def withdraw_offer(self, offer_id: Id, says: Withdrawing, *, seen: str, key: str | None = None) -> Offer:
        return await self._to.post(at("offers", offer_id, "withdraw"), Offer, says, seen=seen, key=key)

    async def restore_offer(self, offer_id: Id, *, seen: str, key: str | None = None) -> Offer:
        """Undoes a withdrawal."""
        return await self._to.post(at("offers", offer_id, "restore"), Offer, seen=seen, key=key)

    async def suggestions(self, request_id: Id) -> Page[Suggested]:
        """For staff and reviewers: the best first, each with its reasons."""
        return await self._to.get(at("requests", request_id, "suggestions"), Page[Suggested])

    async def matches(self, request_id: Id) -> Page[Match]:
        """All on one page. Who asked sees what was matched, staff also what was proposed."""
        return await self._to.get(at("requests", request_id, "matches"), Page[Match])

    async def reply_draft(self, request_id: Id, offer: Sequence[Id]) -> ReplyDraft:
        """For staff: one text from these offers. It writes nothing."""
        ids = [offer] if isinstance(offer, str) else [str(one) for one in offer]
        return await self._to.get(at("requests", request_id, "reply"), ReplyDraft, offer=ids)

    async def propose(self, request_id: Id, wish: Proposing, *, key: str | None = None) -> Page[Match]:
        """For staff; the first one begins the matching of an accepted request."""
        return await self._to.post(at("requests", request_id, "proposals"), Page[Match], wish, key=key)

    async def drop_proposal(
        self, request_id: Id, match_id: Id, says: Dropping, *, key: str | None = None
    ) -> Page[Match]:
        path = at("requests", request_id, "proposals", match_id, "drop")
        return await self._to.post(path, Page[Match], says, key=key)

    async def match(self, request_id: Id, wish: Matching, *, seen: str, key: str | None = None) -> Request:
        """For staff. Raises Conflict when one of the offers has no capacity left."""
        return await self._to.post(at("requests", request_id, "match"), Request, wish, seen=seen, key=key)

    async def release(
        self, request_id: Id, match_id: Id, says: Releasing, *, seen: str, key: str | None = None
    ) -> Request:
        """For staff: undoes a match."""
        path = at("requests", request_id, "matches", match_id, "release")
        return await self._to.post(path, Request, says, seen=seen, key=key)

    async def unmet_demand(self) -> UnmetDemand:
        """For anybody: requests that still wait, by objective and region."""
        return await self._to.get(at("unmet-demand"), UnmetDemand)
