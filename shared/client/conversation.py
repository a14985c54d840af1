"""The conversation about a request for support."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.conversation import MailLine, Message, Noting, Writing
from shared.client.room import Id, Room
from shared.client.sending import at


class Conversation(Room):
    """Between the entity's people and Network staff."""

    async def write(self, request_id: Id, message: Writing, *, key: str | None = None) -> Message:
        """To the other side. Raises Conflict when staff ask in a state that allows no question."""
        return await self._to.post(at("requests", request_id, "messages"), Message, message, key=key)

    async def note(self, request_id: Id, note: Noting, *, key: str | None = None) -> Message:
        """For staff, and seen by nobody else."""
        return await self._to.post(at("requests", request_id, "notes"), Message, note, key=key)

    def messages(
        self, request_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Message], Message]:
        """In the order in which they were said; notes among them for staff alone."""
        return self._to.pages(at("requests", request_id, "messages"), Page[Message], limit=limit, cursor=cursor)

    def mails(
        self, *, outcome: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[MailLine], MailLine]:
        """For staff: what became of mails that arrived, newest first."""
        return self._to.pages(at("inbound", "mails"), Page[MailLine], outcome=outcome, limit=limit, cursor=cursor)
