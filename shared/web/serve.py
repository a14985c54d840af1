"""The `api` role: one HTTP server in one process."""

import asyncio
from collections.abc import Callable

import httpx
from fastapi import FastAPI

from shared.clock import Clock
from shared.db import Database
from shared.messaging.nudge import Nudge
from shared.process import Health, Task, serve_app
from shared.settings import ServiceSettings
from shared.web.app import Parts, tokens


def api(settings: ServiceSettings, health: Health, database: Database, build: Callable[[Parts], FastAPI]) -> Task:
    """The task that serves `build(parts)` until it is told to stop; requests under way are finished first."""

    async def serving(stop: asyncio.Event) -> None:
        nudge = Nudge(settings.database_url)
        async with httpx.AsyncClient(timeout=5) as http:
            await nudge.start()
            clock, known = Clock(settings.clock_file), tokens(settings, http)
            app = build(Parts(database, clock, nudge, health, http, known, stop))
            try:
                await serve_app(app, settings.http_host, settings.http_port, stop)
            finally:
                await nudge.stop()

    return serving
