"""Files of pledges. A file is bytes, or something that is iterated anew for each attempt to send it."""

from collections.abc import AsyncIterable

from shared.client.lists import Listing
from shared.client.models.attachments import Attachment
from shared.client.models.base import Page
from shared.client.room import Id, Room
from shared.client.sending import Download, at


class Attachments(Room):
    """In by an entity's people, out to who may read the pledge."""

    async def upload(
        self, pledge_id: Id, content: AsyncIterable[bytes] | bytes, *, name: str, key: str | None = None
    ) -> Attachment:
        """At most 25 MiB, recognised by content. The pledge is then saved with the id as its `attachment`."""
        return await self._to.upload(at("pledges", pledge_id, "attachments"), Attachment, content, name=name, key=key)

    def files(
        self, pledge_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Attachment], Attachment]:
        """All files of a pledge, newest first; removed ones too."""
        return self._to.pages(at("pledges", pledge_id, "attachments"), Page[Attachment], limit=limit, cursor=cursor)

    async def remove_file(self, pledge_id: Id, attachment_id: Id, *, key: str | None = None) -> Attachment:
        """Raises Conflict for one that was published, or that the pledge points at."""
        return await self._to.post(
            at("pledges", pledge_id, "attachments", attachment_id, "remove"), Attachment, key=key
        )

    async def public_file(self, pledge_id: Id, attachment_id: Id) -> Download:
        """Of what was published; raises Missing for any other."""
        return await self._to.download(at("pledges", pledge_id, "attachments", attachment_id))

    async def working_file(self, pledge_id: Id, attachment_id: Id) -> Download:
        return await self._to.download(at("pledges", pledge_id, "working-copy", "attachments", attachment_id))
