"""The HTTP interface of notifications: what was sent, what is planned, and what would be sent."""

from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI

from services.notifications.calendar.api import router as calendars
from services.notifications.calendar.entries import Place
from services.notifications.campaigns.api import router as campaigns
from services.notifications.deliveries.api import router as deliveries
from services.notifications.deliveries.bounces.api import router as returned
from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.suppression.api import router as suppressions
from services.notifications.pauses.api import router as pauses
from services.notifications.preferences.api import router as preferences
from services.notifications.preferences.links import Links
from services.notifications.previews.api import router as previews
from services.notifications.recipients import Recipients
from services.notifications.rehearsals.api import router as rehearsals
from services.notifications.rehearsals.telling import Telling
from services.notifications.reminders.api import router as reminders
from shared.web.app import Parts, create

HERE = Place("demo.invalid", "http://localhost:8000")  # of tests
SAYS = "Who is reminded of what and when, and what became of every e-mail. It shows no addresses."


def create_app(
    parts: Parts | None,
    *,
    place: Place = HERE,
    bounces: Desk | None = None,
    links: Links | None = None,
    telling: Callable[[httpx.AsyncClient], Telling] | None = None,
    recipients: Callable[[httpx.AsyncClient], Recipients] | None = None,
) -> FastAPI:
    """`telling` puts together what rehearsed mails say; `recipients` knows how people are written to.

    Without parts: the routes only, for contracts.
    """
    own: dict[str, Any] = {"place": place, "bounces": bounces, "links": links}
    if parts and telling:
        own["telling"] = telling(parts.http)
    if parts and recipients:
        own["recipients"] = recipients(parts.http)
    routers = [reminders, campaigns, deliveries, previews, calendars, suppressions, returned, preferences]
    routers += [rehearsals, pauses]
    return create("Notifications", SAYS, parts, routers, **own)
