"""Review cycles, milestones, and who has reported."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.reviews import (
    CountedPledge,
    Cycle,
    Milestone,
    MilestoneStep,
    Move,
    MovePreview,
    NewCycle,
    NewMilestone,
    Outcome,
    OutcomeOut,
    Presentation,
    ReviewPledges,
    Wish,
)
from shared.client.room import Id, Room
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

    async def add_review(self, new: NewMilestone, *, key: str | None = None) -> Milestone:
        """For staff: a milestone that the calendar does not have."""
        return await self._to.post(at("reviews"), Milestone, new, key=key)

    async def add_cycle(self, new: NewCycle, *, key: str | None = None) -> Cycle:
        """For staff: a review cycle that the calendar does not have, with its forum."""
        return await self._to.post(at("review-cycles"), Cycle, new, key=key)

    async def preview_review(self, code: str, to: Move) -> MovePreview:
        """For staff: what `move_review` would do. Nothing is moved."""
        return await self._to.post(at("reviews", code, "preview"), MovePreview, to)

    def review_history(
        self, code: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[MilestoneStep], MilestoneStep]:
        """How a milestone changed, by role and with the reason; newest first."""
        return self._to.pages(at("reviews", code, "history"), Page[MilestoneStep], limit=limit, cursor=cursor)

    async def record_outcome(self, code: str, said: Outcome, *, seen: str) -> Milestone:
        """For staff: what came out of it, or a correction."""
        return await self._to.put(at("reviews", code, "outcome"), Milestone, said, seen=seen)

    def outcomes(
        self, code: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[OutcomeOut], OutcomeOut]:
        """All versions of a milestone's outcome, newest first."""
        return self._to.pages(at("reviews", code, "outcomes"), Page[OutcomeOut], limit=limit, cursor=cursor)

    def presented(
        self, code: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Presentation], Presentation]:
        """Which pledges are presented at a milestone."""
        return self._to.pages(at("reviews", code, "presentations"), Page[Presentation], limit=limit, cursor=cursor)

    def presentations(
        self,
        *,
        milestone: str | None = None,
        entity: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Page[Presentation], Presentation]:
        """Who has asked to present, in order: for staff and reviewers, or members of the entity."""
        wanted = {"milestone": milestone, "entity": entity, "limit": limit, "cursor": cursor}
        return self._to.pages(at("presentations"), Page[Presentation], **wanted)

    async def ask_to_present(self, code: str, wish: Wish, *, key: str | None = None) -> Presentation:
        return await self._to.post(at("reviews", code, "presentations"), Presentation, wish, key=key)

    async def grant_presentation(self, presentation_id: Id, *, seen: str, key: str | None = None) -> Presentation:
        return await self._to.post(at("presentations", presentation_id, "grant"), Presentation, seen=seen, key=key)

    async def withdraw_presentation(self, presentation_id: Id, *, seen: str, key: str | None = None) -> Presentation:
        return await self._to.post(at("presentations", presentation_id, "withdraw"), Presentation, seen=seen, key=key)

    def review_pledges(
        self, code: str, *, reported: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[ReviewPledges, CountedPledge]:
        """The pledges that a milestone counts; each page has the figures with their denominator."""
        path = at("reviews", code, "pledges")
        return self._to.pages(path, ReviewPledges, reported=reported, limit=limit, cursor=cursor)
