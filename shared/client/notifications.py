"""What was and will be sent by e-mail, for staff and reviewers."""

from shared.client.choosing import Choosing
from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.notifications import (
    Delivery,
    Lifting,
    Preview,
    Previews,
    Reminder,
    Summary,
    Suppression,
)
from shared.client.rehearsing import Rehearsing
from shared.client.room import Id
from shared.client.sending import Download, at


class Notifications(Choosing, Rehearsing):
    """The notifications service."""

    def deliveries(
        self,
        *,
        state: str | None = None,
        template: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Page[Delivery], Delivery]:
        """Mails, newest first: sent, waiting, given up, and why."""
        wanted = {"state": state, "template": template, "limit": limit, "cursor": cursor}
        return self._to.pages(at("deliveries"), Page[Delivery], **wanted)

    def reminders(
        self,
        *,
        milestone: str | None = None,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Page[Reminder], Reminder]:
        """The plan: who is invited to report when, and why not."""
        wanted = {"milestone": milestone, "state": state, "limit": limit, "cursor": cursor}
        return self._to.pages(at("reminders"), Page[Reminder], **wanted)

    async def reminders_summary(
        self, milestone: str, *, starts: str | None = None, tentative: bool | None = None
    ) -> Summary:
        """How many were invited before it; with `starts`, what would become of the plan."""
        wanted = {"milestone": milestone, "starts": starts, "tentative": tentative}
        return await self._to.get(at("reminders", "summary"), Summary, **wanted)

    async def previews(self) -> Previews:
        """The kinds of mails, and the languages they are written in."""
        return await self._to.get(at("mails", "previews"), Previews)

    async def preview(self, template: str, language: str) -> Preview:
        """How a mail looks, with made-up data."""
        return await self._to.get(at("mails", "previews", template, language), Preview)

    async def calendar(self, entity_id: str, language: str = "en") -> Download:
        """The milestones that concern an entity, as iCalendar."""
        return await self._to.download(at("entities", entity_id, "calendar"), language=language)

    def suppressions(
        self, *, lifted: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Suppression], Suppression]:
        """Addresses that are written to no more, or are again (`lifted`): whose, and why."""
        wanted = {"lifted": lifted, "limit": limit, "cursor": cursor}
        return self._to.pages(at("suppressions"), Page[Suppression], **wanted)

    async def suppression(self, suppression_id: Id) -> Suppression:
        """One of them."""
        return await self._to.get(at("suppressions", suppression_id), Suppression)

    async def lift(self, suppression_id: Id, because: str) -> Suppression:
        """Mail to this address is tried again. Raises Conflict when it was already."""
        return await self._to.post(at("suppressions", suppression_id, "lift"), Suppression, Lifting(because=because))
