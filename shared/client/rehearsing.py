"""What would be sent by e-mail, what is held back, and what came of it: for staff, and for reviewers to look on."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.campaigns import Campaign, CampaignTotals
from shared.client.models.notifications import Delivery
from shared.client.models.rehearsals import (
    NewPause,
    Pause,
    Rehearsal,
    RehearsalDifference,
    RehearsedMail,
    RehearsedText,
    WantedRehearsal,
)
from shared.client.room import Id, Room
from shared.client.sending import Download, at


class Rehearsing(Room):
    """Rehearsals, pauses and campaigns."""

    async def rehearse(self, wanted: WantedRehearsal, *, key: str | None = None) -> Rehearsal:
        """Orders one; nothing is sent. Look at it with `rehearsal` until its state is done."""
        return await self._to.post(at("rehearsals"), Rehearsal, wanted, key=key)

    def rehearsals(
        self, *, month: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Rehearsal], Rehearsal]:
        """Those that are kept, the newest first."""
        return self._to.pages(at("rehearsals"), Page[Rehearsal], month=month, limit=limit, cursor=cursor)

    async def rehearsal(self, rehearsal_id: Id) -> Rehearsal:
        """How far it is, and how many mails go on which day."""
        return await self._to.get(at("rehearsals", rehearsal_id), Rehearsal)

    def rehearsed(
        self,
        rehearsal_id: Id,
        *,
        changed: bool | None = None,
        day: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Page[RehearsedMail], RehearsedMail]:
        """Each mail that would go; `changed`: under the other policy or dates."""
        wanted = {"changed": changed, "day": day, "limit": limit, "cursor": cursor}
        return self._to.pages(at("rehearsals", rehearsal_id, "mails"), Page[RehearsedMail], **wanted)

    async def rehearsed_mail(self, rehearsal_id: Id, number: int, *, changed: bool | None = None) -> RehearsedText:
        """What one mail would say, in each language."""
        return await self._to.get(at("rehearsals", rehearsal_id, "mails", number), RehearsedText, changed=changed)

    def rehearsal_differences(
        self, rehearsal_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[RehearsalDifference], RehearsalDifference]:
        """Which mails would be others under the other policy or dates."""
        place = at("rehearsals", rehearsal_id, "differences")
        return self._to.pages(place, Page[RehearsalDifference], limit=limit, cursor=cursor)

    def pauses(self, *, limit: int | None = None, cursor: str | None = None) -> Listing[Page[Pause], Pause]:
        """What mail is paused or was, the newest first."""
        return self._to.pages(at("pauses"), Page[Pause], limit=limit, cursor=cursor)

    async def pause(self, wanted: NewPause, *, key: str | None = None) -> Pause:
        """Mail of one category, or all, waits from now on. Raises Conflict while it does already."""
        return await self._to.post(at("pauses"), Pause, wanted, key=key)

    async def end_pause(self, pause_id: Id, *, key: str | None = None) -> Pause:
        """Lets the mail go again; what is late by now is skipped. Raises Conflict when it has ended."""
        return await self._to.post(at("pauses", pause_id, "end"), Pause, key=key)

    def paused(
        self, pause_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Delivery], Delivery]:
        """What waits for the end of a pause, the oldest first."""
        return self._to.pages(at("pauses", pause_id, "waiting"), Page[Delivery], limit=limit, cursor=cursor)

    def campaigns(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[CampaignTotals], CampaignTotals]:
        """What became of the reminders of each milestone, the latest first."""
        return self._to.pages(at("campaigns"), Page[CampaignTotals], limit=limit, cursor=cursor)

    async def campaign(self, milestone: str) -> Campaign:
        """The same of one milestone, by offset."""
        return await self._to.get(at("campaigns", milestone), Campaign)

    async def campaign_file(self, milestone: str, format: str = "csv") -> Download:  # noqa: A002 - its name in the API
        """The same as a file."""
        return await self._to.download(at("campaigns", milestone, format))
