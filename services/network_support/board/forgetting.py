"""What boards were told is forgotten after a day. Any number of processes may."""

import asyncio

from sqlalchemy import bindparam, text

from services.network_support.board.positions import KEPT
from shared.clock import Clock
from shared.db import TIMESTAMPTZ, Database
from shared.waking import Wake, repeat

SLICE = 5000  # rows a transaction
PAUSE = 300.0  # seconds between two rounds

_FORGET = text(f"""
delete from board_event where ctid = any(array(select ctid from board_event where at < :before limit {SLICE}))
returning 1
""").bindparams(bindparam("before", type_=TIMESTAMPTZ))  # noqa: S608 - our own constant


class Forgetting:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; an outage of the database is waited out."""
        await repeat("board", self.once, stop, Wake().bell(), PAUSE)

    async def once(self) -> bool:
        """Whether there may be more."""
        async with self._database.transaction() as session:
            gone = await session.execute(_FORGET, {"before": self._clock.system() - KEPT})
            return len(gone.all()) == SLICE
