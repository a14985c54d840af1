"""network_support in a process of its own, over a database that many requests are in."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.clock import Clock
from tests.bench import stand
from tests.bench.support import desk, many
from tests.support.parts import Urls


@dataclass(frozen=True)
class Served:
    port: int
    urls: Urls


@contextmanager
def serving(requests: int, *, on_the_desk: bool = True, **settings: str) -> Iterator[Served]:
    """So many requests, each with its case if they are `on_the_desk`. `settings`: more of PostgreSQL's."""
    with stand.durable_parts(kafka=False, **settings) as parts, stand.identity_provider() as keys:
        urls = stand.migrated(parts, "network_support")
        asyncio.run(_fill(urls.owner_url, requests, on_the_desk=on_the_desk))
        with stand.serving(parts, "network_support", urls.app_url, keys) as (_, port):
            yield Served(port, urls)


async def _fill(owner_url: str, requests: int, *, on_the_desk: bool) -> None:
    await many.fill(owner_url, Clock().business(), requests, beside=[desk.cases] if on_the_desk else [])
    if on_the_desk:
        await desk.tidy(owner_url)
