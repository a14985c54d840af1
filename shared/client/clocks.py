"""Working time of duty stations, and the computing anew of clocks."""

from datetime import date

from shared.client.models.base import Page
from shared.client.models.clocks import Calendar, ClockRun, Day
from shared.client.room import Room
from shared.client.sending import at


class Clocks(Room):
    """The clocks of a request are shown with the request."""

    async def calendars(self) -> Page[Calendar]:
        """When the duty stations work."""
        return await self._to.get(at("calendars"), Page[Calendar])

    async def days(self, station: str, first: date | str, until: date | str) -> Page[Day]:
        """Which days it works, and why not the others; at most 366 of them."""
        return await self._to.get(
            at("calendars", station, "days"), Page[Day], **{"from": str(first), "until": str(until)}
        )

    async def clock_runs(self) -> Page[ClockRun]:
        """For staff: how far it is, the newest first."""
        return await self._to.get(at("clock-runs"), Page[ClockRun])

    async def compute_clocks(self, *, key: str | None = None) -> ClockRun:
        """For administrators: all open clocks anew. Raises Conflict while that is being done."""
        return await self._to.post(at("clock-runs"), ClockRun, key=key)
