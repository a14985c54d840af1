"""Requests for support (¶73)."""

from datetime import datetime

from shared.client.clocks import Clocks
from shared.client.conversation import Conversation
from shared.client.desk import Desk
from shared.client.lists import Listing
from shared.client.models.base import Page, Sent
from shared.client.models.support import Closing, Confirmation, Edit, HistoryLine, Opening, PracticeDraft, Request, Said
from shared.client.offers import Offers
from shared.client.room import Id
from shared.client.sending import at
from shared.client.support_files import SupportFiles
from shared.client.support_reports import SupportReports

WORDLESS = Said()
Requests = Listing[Page[Request], Request]


class Support(SupportFiles, SupportReports, Conversation, Offers, Clocks, Desk):
    """The network_support service."""

    async def open(self, wish: Opening, *, key: str | None = None) -> Request:
        """Raises Refused or Conflict; one for a pledge that is not published yet waits in `pending_pledge`."""
        return await self._to.post(at("requests"), Request, wish, key=key)

    def list(
        self,
        *,
        state: str | None = None,
        entity: str | None = None,
        pledge: Id | None = None,
        type: str | None = None,  # noqa: A002 - its name in the API
        due_before: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Requests:
        """For staff and reviewers: all, newest first."""
        return self._lines(at("requests"), state, entity, pledge, type, due_before, limit, cursor)

    def mine(
        self,
        *,
        state: str | None = None,
        entity: str | None = None,
        pledge: Id | None = None,
        type: str | None = None,  # noqa: A002 - its name in the API
        due_before: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Requests:
        """Those of the entities that the caller acts for, newest first."""
        return self._lines(at("me", "requests"), state, entity, pledge, type, due_before, limit, cursor)

    def _lines(
        self,
        path: str,
        state: str | None,
        entity: str | None,
        pledge: Id | None,
        kind: str | None,
        due_before: datetime | str | None,
        limit: int | None,
        cursor: str | None,
    ) -> Requests:
        due = due_before.isoformat() if isinstance(due_before, datetime) else due_before
        wanted = {"state": state, "entity": entity, "pledge": pledge and str(pledge), "type": kind, "due_before": due}
        return self._to.pages(path, Page[Request], **wanted, limit=limit, cursor=cursor)

    async def get(self, request_id: Id) -> Request:
        return await self._to.get(at("requests", request_id), Request)

    async def history(self, request_id: Id) -> Page[HistoryLine]:
        """All of it on one page, by role and time."""
        return await self._to.get(at("requests", request_id, "history"), Page[HistoryLine])

    async def acknowledge(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: they have read it."""
        return await self._step(request_id, "acknowledge", said, seen, key)

    async def triage(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: they look into it."""
        return await self._step(request_id, "triage", said, seen, key)

    async def ask(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: what is missing, as the reason."""
        return await self._step(request_id, "ask", said, seen, key)

    async def answer(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For who asked: the answer, as the reason."""
        return await self._step(request_id, "answer", said, seen, key)

    async def accept(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: help will be looked for."""
        return await self._step(request_id, "accept", said, seen, key)

    async def redirect(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: others can help better; who, as the reason."""
        return await self._step(request_id, "redirect", said, seen, key)

    async def decline(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: why not, as the reason."""
        return await self._step(request_id, "decline", said, seen, key)

    async def begin_matching(
        self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None
    ) -> Request:
        """For staff: offers are looked for."""
        return await self._step(request_id, "begin-matching", said, seen, key)

    async def begin_delivery(
        self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None
    ) -> Request:
        """For staff: the help has begun."""
        return await self._step(request_id, "begin-delivery", said, seen, key)

    async def deliver(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For staff: the help was given."""
        return await self._step(request_id, "deliver", said, seen, key)

    async def reopen(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For who asked: what is still missing, as the reason."""
        return await self._step(request_id, "reopen", said, seen, key)

    async def withdraw(self, request_id: Id, said: Said = WORDLESS, *, seen: str, key: str | None = None) -> Request:
        """For who asked: takes it back, or discards a draft."""
        return await self._step(request_id, "withdraw", said, seen, key)

    async def confirm(self, request_id: Id, said: Confirmation, *, seen: str, key: str | None = None) -> Request:
        """For who asked: the help arrived, and how useful it was."""
        return await self._step(request_id, "confirm", said, seen, key)

    async def close(self, request_id: Id, said: Closing, *, seen: str, key: str | None = None) -> Request:
        """For staff."""
        return await self._step(request_id, "close", said, seen, key)

    async def practice_draft(self, request_id: Id) -> PracticeDraft:
        """What others could learn from it; raises Conflict before help was given."""
        return await self._to.get(at("requests", request_id, "practice-draft"), PracticeDraft)

    async def draft(self, wish: Opening, *, key: str | None = None) -> Request:
        """Only its entity sees it; the text may be empty yet."""
        return await self._to.post(at("requests", "drafts"), Request, wish, key=key)

    async def save(self, request_id: Id, edit: Edit, *, seen: str) -> Request:
        """What a draft says from now on."""
        return await self._to.put(at("requests", request_id, "draft"), Request, edit, seen=seen)

    async def send(self, request_id: Id, *, seen: str, key: str | None = None) -> Request:
        """A draft goes to the Network."""
        return await self._step(request_id, "send", None, seen, key)

    async def _step(self, request_id: Id, step: str, said: Sent | None, seen: str, key: str | None) -> Request:
        return await self._to.post(at("requests", request_id, step), Request, said, seen=seen, key=key)
