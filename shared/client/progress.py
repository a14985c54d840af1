"""Reports on pledges, the answers of partners, and checks of evidence. `key` is the Idempotency-Key."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.pledges import SignOff
from shared.client.models.reports import Answered, Answering, Awaited, Check, CheckAsked, Checked, Report, Update
from shared.client.room import Id, Room
from shared.client.sending import at


class Progress(Room):
    """How pledges go, as their entities say it."""

    def updates(
        self, pledge_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Update], Update]:
        """What was reported, newest first."""
        return self._to.pages(at("pledges", pledge_id, "updates"), Page[Update], limit=limit, cursor=cursor)

    async def report(self, pledge_id: Id, said: Report, *, key: str | None = None) -> Update:
        """A dated statement on how it goes; voluntary (¶77)."""
        return await self._to.post(at("pledges", pledge_id, "updates"), Update, said, key=key)

    async def sign_off(self, pledge_id: Id, said: Answering, *, key: str | None = None) -> SignOff:
        """For partners: signs the public version off, or dissents."""
        return await self._to.post(at("pledges", pledge_id, "sign-off"), SignOff, said, key=key)

    async def sign_off_report(self, pledge_id: Id, number: int, said: Answering, *, key: str | None = None) -> SignOff:
        """The same of a report, for the pledge's entities but the one that reported."""
        path = at("pledges", pledge_id, "updates", number, "sign-off")
        return await self._to.post(path, SignOff, said, key=key)

    def sign_offs(
        self, pledge_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Answered], Answered]:
        """All that its partners have said, newest first."""
        return self._to.pages(at("pledges", pledge_id, "sign-offs"), Page[Answered], limit=limit, cursor=cursor)

    def awaited(self, *, limit: int | None = None, cursor: str | None = None) -> Listing[Page[Awaited], Awaited]:
        """What awaits the answer of the entities that the caller acts for."""
        return self._to.pages(at("me", "sign-offs"), Page[Awaited], limit=limit, cursor=cursor)

    async def check(self, pledge_id: Id, number: int, found: Check, *, key: str | None = None) -> Checked:
        """For staff: confirms the evidence of a report whose entity asked for that, or declines."""
        return await self._to.post(at("pledges", pledge_id, "updates", number, "check"), Checked, found, key=key)

    async def checked(self, pledge_id: Id, number: int) -> Checked:
        return await self._to.get(at("pledges", pledge_id, "updates", number, "check"), Checked)

    def checks(self, *, limit: int | None = None, cursor: str | None = None) -> Listing[Page[CheckAsked], CheckAsked]:
        """For staff and reviewers: the reports whose evidence waits for a check."""
        return self._to.pages(at("evidence-checks"), Page[CheckAsked], limit=limit, cursor=cursor)
