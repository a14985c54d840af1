"""Pledges. `seen` is the ETag that the caller read; `key` is the Idempotency-Key."""

from collections.abc import Mapping
from typing import Any

from shared.client.lists import Listing
from shared.client.models.advice import Advice, Asking
from shared.client.models.base import Page
from shared.client.models.pledges import (
    ChangeRequest,
    Closing,
    NewPledge,
    ProxyAnswering,
    PublicStep,
    PublicView,
    Saving,
    Snapshot,
    Statement,
    WorkingCopy,
    WorkItem,
)
from shared.client.room import Id, Room
from shared.client.sending import at

Work = Listing[Page[WorkItem], WorkItem]


class Registry(Room):
    """The life of a pledge, from a draft to what the public sees."""

    async def get(self, pledge_id: Id) -> PublicView:
        return await self._to.get(at("pledges", pledge_id), PublicView)

    def history(
        self, pledge_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[PublicStep], PublicStep]:
        """What happened to it in public, oldest first."""
        path = at("pledges", pledge_id, "history")
        return self._to.pages(path, Page[PublicStep], limit=limit, cursor=cursor)

    async def version(self, pledge_id: Id, number: int) -> Snapshot:
        """One version as it was published."""
        return await self._to.get(at("pledges", pledge_id, "versions", number), Snapshot)

    def mine(
        self,
        *,
        state: str | None = None,
        entity: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Work:
        """The pledges of the entities that the caller acts for, drafts too, newest first."""
        wanted = {"state": state, "entity": entity, "limit": limit, "cursor": cursor}
        return self._to.pages(at("me", "pledges"), Page[WorkItem], **wanted)

    def submissions(
        self,
        *,
        state: str | None = None,
        entity: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Work:
        """For staff and reviewers: what waits for staff, or for an answer to them."""
        wanted = {"state": state, "entity": entity, "limit": limit, "cursor": cursor}
        return self._to.pages(at("submissions"), Page[WorkItem], **wanted)

    async def working_copy(self, pledge_id: Id) -> WorkingCopy:
        """What is worked on, with the exchange about it."""
        return await self._to.get(at("pledges", pledge_id, "working-copy"), WorkingCopy)

    async def advise(self, asking: Asking, *, language: str = "") -> Advice:
        """What could be better in a pledge that is being written, in one of the six UN languages. Writes nothing."""
        return await self._to.post(at("pledges", "advice"), Advice, asking, language=language)

    async def create(self, wish: NewPledge, *, key: str | None = None) -> WorkingCopy:
        """A draft, or with `submit` a submission in one request."""
        return await self._to.post(at("pledges"), WorkingCopy, wish, key=key)

    async def save(self, pledge_id: Id, content: Saving, *, seen: str) -> WorkingCopy:
        """The whole content anew; of a published pledge this begins an amendment."""
        return await self._to.put(at("pledges", pledge_id), WorkingCopy, content, seen=seen)

    async def patch(self, pledge_id: Id, fields: Mapping[str, Any], *, seen: str) -> WorkingCopy:
        """Some fields anew, as JSON; None empties one (RFC 7396). Raises Stale, which says what differs."""
        return await self._to.patch(at("pledges", pledge_id), WorkingCopy, fields, seen=seen)

    async def submit(self, pledge_id: Id, *, seen: str, key: str | None = None) -> WorkingCopy:
        """Raises Refused with a field for each thing that is missing."""
        return await self._to.post(at("pledges", pledge_id, "submit"), WorkingCopy, seen=seen, key=key)

    async def close(self, pledge_id: Id, closing: Closing, *, seen: str, key: str | None = None) -> WorkingCopy:
        return await self._to.post(at("pledges", pledge_id, "close"), WorkingCopy, closing, seen=seen, key=key)

    async def request_changes(
        self, pledge_id: Id, asked: ChangeRequest, *, seen: str, key: str | None = None
    ) -> WorkingCopy:
        """For staff: names the fields."""
        path = at("pledges", pledge_id, "request-changes")
        return await self._to.post(path, WorkingCopy, asked, seen=seen, key=key)

    async def publish(self, pledge_id: Id, *, seen: str, key: str | None = None) -> WorkingCopy:
        """For staff: the working copy becomes the next public version."""
        return await self._to.post(at("pledges", pledge_id, "publish"), WorkingCopy, seen=seen, key=key)

    async def record_statement(self, said: Statement, *, key: str | None = None) -> WorkingCopy:
        """For staff: what an entity pledged elsewhere in public."""
        return await self._to.post(at("statements"), WorkingCopy, said, key=key)

    async def answer_proxy(
        self, pledge_id: Id, said: ProxyAnswering, *, seen: str, key: str | None = None
    ) -> WorkingCopy:
        """Accepts or refuses what another entity filed in the name of one that the caller acts for."""
        return await self._to.post(at("pledges", pledge_id, "proxy-answer"), WorkingCopy, said, seen=seen, key=key)
