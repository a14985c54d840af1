"""The HTTP interface of notifications: what was sent, and what is planned."""

from fastapi import FastAPI

from services.notifications.calendar.api import router as calendars
from services.notifications.calendar.entries import Place
from services.notifications.deliveries.api import router as deliveries
from services.notifications.previews.api import router as previews
from services.notifications.reminders.api import router as reminders
from shared.web.app import Parts, create

HERE = Place("demo.invalid", "http://localhost:8000")  # of tests
SAYS = "Who is reminded of what and when, and what became of every e-mail. It shows no addresses."


def create_app(parts: Parts | None, *, place: Place = HERE) -> FastAPI:
    """Without parts: the routes only, for contracts."""
    return create("Notifications", SAYS, parts, [reminders, deliveries, previews, calendars], place=place)
