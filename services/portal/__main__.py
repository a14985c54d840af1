"""`python -m services.portal web`: the pages for people, in one process."""

import asyncio
import sys
from functools import partial

import httpx
import uvloop

from services.portal.app import create_app
from services.portal.parts import Parts
from services.portal.settings import Settings
from shared import telemetry
from shared.clock import Clock
from shared.process import Health, run, serve_app


async def web(settings: Settings, health: Health, stop: asyncio.Event) -> None:
    unbounded = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=5) as http, httpx.AsyncClient(limits=unbounded) as waiting:
        app = create_app(Parts.of(settings, http, Clock(settings.clock_file), health, waiting, stop))
        await serve_app(app, settings.http_host, settings.http_port, stop)


def main() -> None:
    """Until SIGTERM. Raises SystemExit with the usage unless the one role is named."""
    if sys.argv[1:] != ["web"]:
        raise SystemExit("usage: python -m services.portal web")
    settings = Settings()
    telemetry.configure("portal", ["web"], settings.log_level)
    health = Health()
    uvloop.run(run({"web": partial(web, settings, health)}, health))


if __name__ == "__main__":
    main()
