"""What was and will be sent by e-mail, for staff and reviewers."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.notifications import Delivery, Preview, Previews, Reminder, Summary
from shared.client.room import Room
from shared.client.sending import Download, at


class Notifications(Room):
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
