"""The events of one open board, from where it was to the end of its token."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.network_support.board import positions, queries, wire
from services.network_support.board.feed import Feed, Subscriber
from services.network_support.board.positions import Position
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unauthenticated, Unavailable
from shared.web.auth import Actor, Tokens

BEAT = 10.0  # seconds; whoever hears nothing of two has lost the connection (static/live.js of the portal)
RETRY, SPREAD = 2000, 3000  # milliseconds: boards that lost a process do not come all at once


@dataclass(frozen=True)
class Streams:
    """Makes the events of each board of a process."""

    feed: Feed
    database: Database
    clock: Clock
    tokens: Tokens
    beat: float = BEAT

    async def events(self, subscriber: Subscriber, actor: Actor, after: str | None) -> AsyncIterator[bytes]:
        """From `after` on, or from now on; whose token it is, is asked again with each beat."""
        position, missed = await self._missed(after)
        yield wire.begun(position, RETRY + random.randrange(SPREAD))  # noqa: S311 - spreads load
        for text in missed:
            yield text
        loop = asyncio.get_running_loop()
        asked = loop.time()
        while not subscriber.over:
            told = await subscriber.next(self.beat)
            here = self.feed.position  # what is told while the token is asked of comes with the next turn
            if subscriber.lost:
                yield wire.resync(self.feed.position)
                return
            if texts := [sent.text for sent in told if sent.position > position]:
                position = told[-1].position
                yield b"".join(texts)
            if loop.time() < asked + self.beat and not subscriber.over:
                continue
            asked = loop.time()
            if not await self._still(actor):
                yield wire.over("token", position)
                return
            if not told and not subscriber.over:
                position = max(position, here)
                yield wire.beat(position)

    async def _missed(self, after: str | None) -> tuple[Position, list[bytes]]:
        """Where it goes on, and what was to be told before that."""
        now = self.clock.system()
        async with self.database.transaction() as session:
            here = positions.begin(await queries.present(session), now)
            if after is None:
                return here, []
            place = positions.read(after)
            if place is None or not place.kept(now, here.xact):
                return here, [wire.resync(here)]
            found = await queries.since(session, place)
        here = positions.begin(found.present, now)
        return here, [wire.resync(here)] if found.until else [wire.changed(one) for one in found.changes]

    async def _still(self, actor: Actor) -> bool:
        try:
            await self.tokens.actor(actor.token)
        except Unauthenticated:
            return False
        except Unavailable:  # of the identity provider: an outage ends no session
            return True
        return True
