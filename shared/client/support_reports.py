"""How long the Network takes, for staff and reviewers."""

from datetime import date

from shared.client.models.support import Report
from shared.client.room import Room
from shared.client.sending import Download, at


class SupportReports(Room):
    """`by`: all, region, type or officer; the days: from the first until before the last."""

    async def report(self, *, since: date | None = None, until: date | None = None, by: str | None = None) -> Report:
        """Percentiles with how many they are of."""
        return await self._to.get(at("reports", "requests"), Report, **_asked(since, until, by))

    async def report_file(
        self, format_: str, *, since: date | None = None, until: date | None = None, by: str | None = None
    ) -> Download:
        """`format_`: csv or xlsx."""
        return await self._to.download(at("reports", "requests", format_), **_asked(since, until, by))


def _asked(since: date | None, until: date | None, by: str | None) -> dict[str, str | None]:
    return {"since": str(since) if since else None, "until": str(until) if until else None, "by": by}
