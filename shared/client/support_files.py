"""Files of requests for support. A file is bytes, or something that is iterated anew for each attempt to send it."""

from collections.abc import AsyncIterable

from shared.client.models.base import Page
from shared.client.models.support import AttachmentView
from shared.client.room import Id, Room
from shared.client.sending import Download, at


class SupportFiles(Room):
    """In by the entity's people and by staff, out to who may read the request."""

    async def attach(
        self, request_id: Id, content: AsyncIterable[bytes] | bytes, *, name: str, key: str | None = None
    ) -> AttachmentView:
        """At most 25 MiB, recognised by content."""
        path = at("requests", request_id, "attachments")
        return await self._to.upload(path, AttachmentView, content, name=name, key=key)

    async def files(self, request_id: Id) -> Page[AttachmentView]:
        """All of them on one page, the oldest first; removed ones too."""
        return await self._to.get(at("requests", request_id, "attachments"), Page[AttachmentView])

    async def file(self, request_id: Id, attachment_id: Id) -> Download:
        return await self._to.download(at("requests", request_id, "attachments", attachment_id))

    async def remove_file(self, request_id: Id, attachment_id: Id, *, key: str | None = None) -> AttachmentView:
        """Of a draft. Raises Conflict when it was sent."""
        path = at("requests", request_id, "attachments", attachment_id, "remove")
        return await self._to.post(path, AttachmentView, key=key)
