"""The HTTP interface of notifications: what was sent, and what is planned."""

from fastapi import FastAPI

from services.notifications.deliveries.api import router as deliveries
from services.notifications.previews.api import router as previews
from services.notifications.reminders.api import router as reminders
from shared.web.app import Parts, create

SAYS = "Who is reminded of what and when, and what became of every e-mail. It shows no addresses."


def create_app(parts: Parts | None, *, public_url: str = "") -> FastAPI:
    """Without parts: the routes only, for contracts. `public_url` begins the links of mails that are looked at."""
    return create("Notifications", SAYS, parts, [reminders, deliveries, previews], public_url=public_url)
