"""Requests for support (¶73)."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.support import HistoryLine, Opening, Request
from shared.client.room import Id, Room
from shared.client.sending import at

Requests = Listing[Page[Request], Request]


class Support(Room):
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
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Requests:
        """For staff and reviewers: all, newest first."""
        return self._lines(at("requests"), state, entity, pledge, type, limit, cursor)

    def mine(
        self,
        *,
        state: str | None = None,
        entity: str | None = None,
        pledge: Id | None = None,
        type: str | None = None,  # noqa: A002 - its name in the API
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Requests:
        """Those of the entities that the caller acts for, newest first."""
        return self._lines(at("me", "requests"), state, entity, pledge, type, limit, cursor)

    def _lines(
        self,
        path: str,
        state: str | None,
        entity: str | None,
        pledge: Id | None,
        kind: str | None,
        limit: int | None,
        cursor: str | None,
    ) -> Requests:
        wanted = {"state": state, "entity": entity, "pledge": pledge and str(pledge), "type": kind}
        return self._to.pages(path, Page[Request], **wanted, limit=limit, cursor=cursor)

    async def get(self, request_id: Id) -> Request:
        return await self._to.get(at("requests", request_id), Request)

    async def history(self, request_id: Id) -> Page[HistoryLine]:
        """All of it on one page, by role and time."""
        return await self._to.get(at("requests", request_id, "history"), Page[HistoryLine])

    async def acknowledge(self, request_id: Id, *, seen: str, key: str | None = None) -> Request:
        """For staff: they have read it."""
        return await self._to.post(at("requests", request_id, "acknowledge"), Request, seen=seen, key=key)

    async def withdraw(self, request_id: Id, *, seen: str, key: str | None = None) -> Request:
        return await self._to.post(at("requests", request_id, "withdraw"), Request, seen=seen, key=key)
