"""Boards that are open: what they are told over HTTP, from real servers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.network_support.app import create_app
from services.network_support.board.feed import Feed
from services.network_support.board.streaming import Streams
from shared.web.app import Parts
from tests.integration.network_support.support import STAFF
from tests.support.api import Service

LOOK = 0.02  # seconds; the tests' commits notify nobody
WITHIN = 10.0


@dataclass(frozen=True)
class Told:
    """One event."""

    event: str
    id: str
    data: dict[str, Any]


@dataclass
class Board:
    """`told` has all events so far, in order."""

    told: list[Told] = field(default_factory=list)
    raw: str = ""
    retry: int = 0
    over: bool = False
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def hears(self, event: str = "changed", number: int = 1) -> list[Told]:
        """The first events of this name, once there are so many."""
        async with asyncio.timeout(WITHIN):
            while len(found := [one for one in self.told if one.event == event]) < number and not self.over:
                self._bell.clear()
                await self._bell.wait()
        assert len(found) >= number, self.raw
        return found

    async def ends(self) -> None:
        async with asyncio.timeout(WITHIN):
            while not self.over:
                self._bell.clear()
                await self._bell.wait()

    @property
    def last(self) -> str:
        return self.told[-1].id

    async def listen(self, answer: httpx.Response) -> None:
        lines: dict[str, str] = {}
        try:
            async for line in answer.aiter_lines():
                self.raw += line + "\n"
                name, _, value = line.partition(": ")
                if line:
                    lines[name] = value
                    continue
                self.retry = int(lines.get("retry", self.retry))
                self.told.append(Told(lines["event"], lines["id"], json.loads(lines["data"])))
                lines = {}
                self._bell.set()
        except httpx.TransportError:
            pass  # the connection was cut
        finally:
            self.over = True
            self._bell.set()


@asynccontextmanager
async def board(address: str, headers: dict[str, str] = STAFF, **query: str) -> AsyncIterator[Board]:
    """Open until the block ends; it has begun."""
    async with listened(f"{address}/board/events", headers, **query) as opened:
        yield opened


@asynccontextmanager
async def listened(url: str, headers: dict[str, str], **query: str) -> AsyncIterator[Board]:
    async with (
        httpx.AsyncClient(timeout=WITHIN) as http,
        http.stream("GET", url, headers=headers, params=query) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        opened = Board()
        listening = asyncio.create_task(opened.listen(answer))
        try:
            await opened.hears("begun")
            yield opened
        finally:
            listening.cancel()


def quick(service: Service, beat: float = 5.0) -> None:
    """Its boards look often, for the tests' commits notify nobody."""
    parts = service.app.state.parts
    service.app.state.streams = _streams(parts, beat)


def replica(service: Service) -> Service:
    """Another process of the service, as far as boards see."""
    old: Parts = service.app.state.parts
    parts = Parts(old.database, old.clock, old.nudge, old.health, old.http, old.tokens)
    app = create_app(parts)
    app.state.streams = _streams(parts, 5.0)
    return Service(service.name, app, service.client, service.database, service.owner, service.clock,
                   service.clock_file, service.nudges)  # fmt: skip


def _streams(parts: Parts, beat: float) -> Streams:
    return Streams(Feed(parts.database, parts.clock, parts.stop, LOOK), parts.database, parts.clock, parts.tokens, beat)
