"""Statistics of the pledges that are public."""

from shared.client.models import statistics as models
from shared.client.room import Room
from shared.client.sending import at


class Statistics(Room):
    """Figures with their denominators; anybody may read them."""

    async def statistics(self, by: str, and_by: str | None = None, on: str | None = None) -> models.Statistics:
        """By one dimension or two; `on`: regions and groups as of this day (ISO 8601), today if none is given."""
        return await self._to.get(at("statistics"), models.Statistics, **{"by": by, "and": and_by, "on": on})

    async def coverage(self) -> models.Coverage:
        """Objectives, principles and the commitments of ¶51–77, also those that no pledge names."""
        return await self._to.get(at("statistics", "coverage"), models.Coverage)

    async def profile(self, entity_id: str) -> models.Profile:
        """What one entity pledged, and how it goes."""
        return await self._to.get(at("entities", entity_id, "profile"), models.Profile)
