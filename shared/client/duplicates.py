"""Pledges that may be the same, and merging them. `seen` is the ETag of the working copy that the caller read."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.duplicates import Duplicates, Merged, MergePreview, Merging
from shared.client.models.pledges import WorkingCopy
from shared.client.room import Id, Room
from shared.client.sending import at


class Duplication(Room):
    """Candidates with reasons, for its entity and staff; merging and its undoing, for staff."""

    async def duplicates(self, pledge_id: Id) -> Duplicates:
        return await self._to.get(at("pledges", pledge_id, "duplicates"), Duplicates)

    def merged(
        self, pledge_id: Id, *, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Merged], Merged]:
        """What was merged into it, newest first."""
        return self._to.pages(at("pledges", pledge_id, "merged"), Page[Merged], limit=limit, cursor=cursor)

    async def merge_preview(self, pledge_id: Id, into: Id) -> MergePreview:
        """What a merge would do. Raises what the merge itself would."""
        return await self._to.get(at("pledges", pledge_id, "merge"), MergePreview, into=into)

    async def merge(self, pledge_id: Id, merging: Merging, *, seen: str, key: str | None = None) -> WorkingCopy:
        """It is the same as another pledge, which stays."""
        return await self._to.post(at("pledges", pledge_id, "merge"), WorkingCopy, merging, seen=seen, key=key)

    async def unmerge(self, pledge_id: Id, *, seen: str, key: str | None = None) -> WorkingCopy:
        """As it was before."""
        return await self._to.post(at("pledges", pledge_id, "unmerge"), WorkingCopy, seen=seen, key=key)
