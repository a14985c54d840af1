"""The `api` role: one HTTP server in one process."""

import asyncio
from collections.abc import Callable

import httpx
import uvicorn
from fastapi import FastAPI

from shared.clock import Clock
from shared.db import Database
from shared.messaging.nudge import Nudge
from shared.process import Health, Task, serve
from shared.settings import Settings
from shared.web.app import Parts, tokens


def api(settings: Settings, health: Health, database: Database, build: Callable[[Parts], FastAPI]) -> Task:
    """The task that serves `build(parts)` until it is told to stop; requests under way are finished first."""

    async def serving(stop: asyncio.Event) -> None:
        nudge = Nudge(settings.database_url)
        async with httpx.AsyncClient(timeout=5) as http:
            await nudge.start()
            app = build(Parts(database, Clock(settings.clock_file), nudge, health, http, tokens(settings, http)))
            config = uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=15,
            )
            try:
                await serve(config, stop)
            finally:
                await nudge.stop()

    return serving
