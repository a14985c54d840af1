"""Review cycles, milestones, and who has reported."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.reviews import CountedPledge, Cycle, Milestone, Move, ReviewPledges
from shared.client.room import Room
from shared.client.sending import at


class Reviews(Room):
    """The calendar of reviews."""

    async def reviews(self) -> Page[Cycle]:
        """All cycles with their milestones, on one page."""
        return await self._to.get(at("reviews"), Page[Cycle])

    async def review(self, code: str) -> Milestone:
        return await self._to.get(at("reviews", code), Milestone)

    async def move_review(self, code: str, to: Move, *, seen: str) -> Milestone:
        """For staff: reminders that have not gone out follow the new date."""
        return await self._to.put(at("reviews", code), Milestone, to, seen=seen)

    def review_pledges(
        self, code: str, *, reported: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[ReviewPledges, CountedPledge]:
        """The pledges that a milestone counts; each page has the figures with their denominator."""
        path = at("reviews", code, "pledges")
        return self._to.pages(path, ReviewPledges, reported=reported, limit=limit, cursor=cursor)
