"""The HTTP interface of notifications: what was sent, and what is planned."""

from fastapi import FastAPI

from services.notifications.calendar.api import router as calendars
from services.notifications.calendar.entries import Place
from services.notifications.deliveries.api import router as deliveries
from services.notifications.deliveries.bounces.api import router as returned
from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.suppression.api import router as suppressions
from services.notifications.preferences.api import router as preferences
from services.notifications.preferences.links import Links
from services.notifications.previews.api import router as previews
from services.notifications.reminders.api import router as reminders
from shared.web.app import Parts, create

HERE = Place("demo.invalid", "http://localhost:8000")  # of tests
SAYS = "Who is reminded of what and when, and what became of every e-mail. It shows no addresses."


def create_app(
    parts: Parts | None, *, place: Place = HERE, bounces: Desk | None = None, links: Links | None = None
) -> FastAPI:
    """Without parts: the routes only, for contracts."""
    routers = [reminders, deliveries, previews, calendars, suppressions, returned, preferences]
    return create("Notifications", SAYS, parts, routers, place=place, bounces=bounces, links=links)
