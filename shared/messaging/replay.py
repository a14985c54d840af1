"""Running dead letters again, or discarding them: `gcm replay`, `gcm dead-letters`.

A letter goes through the same subscription as before. Its effect happens if it has not; a projection changes only if
nothing newer came. What cannot be handled this time either becomes a new letter that counts its replays.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.clock import Clock
from shared.db import Database
from shared.errors import Permanent
from shared.messaging.announcing import announce
from shared.messaging.dead_letter import DeadLetters
from shared.messaging.inbox import receive
from shared.messaging.letters import Letter, letters
from shared.messaging.records import UnknownMajor
from shared.messaging.subscriptions import Subscription

MOST_REPLAYS = 5
DISCARDED = "discarded"


@dataclass
class Replay:
    """The dead letters of one service and what runs them again."""

    service: str
    bootstrap: str
    subscriptions: Sequence[Subscription]
    database: Database
    clock: Clock

    async def run(
        self, *, limit: int | None = None, only: UUID | None = None, number: int | None = None, dry: bool = False
    ) -> AsyncIterator[tuple[Letter, str]]:
        """Each letter that waits with what became of it, in order, up to the last one there is now.

        One event is asked for by its id (then the last letter of each consumer is run), or one letter by its number,
        also if it was dealt with before. Raises what a handler raises besides Permanent: that letter and the rest wait.
        """
        asked = only is not None or number is not None
        chosen = _chosen(await letters(self.bootstrap, self.service), only, number)
        desk = DeadLetters(self.bootstrap, self.service)
        try:
            for letter in chosen[:limit]:
                yield letter, "would be run" if dry else await self._again(letter, desk, asked=asked)
        finally:
            await desk.close()

    async def _again(self, letter: Letter, desk: DeadLetters, *, asked: bool) -> str:
        if letter.replays >= MOST_REPLAYS and not asked:
            return f"refused: replayed {letter.replays} times; retry it by its number once the cause is mended"
        by_name = {each.name: each for each in self.subscriptions}
        if (subscription := by_name.get(letter.consumer)) is None:
            return f"refused: nothing is called {letter.consumer} here any longer"
        moment = self.clock.moment()
        try:
            async with self.database.transaction() as session:
                outcome = (await receive(session, subscription, letter, moment, replayed=True)).value
        except (Permanent, UnknownMajor) as reason:
            replays = letter.replays + 1
            await desk.bury(letter, letter.consumer, str(reason), attempts=letter.attempts + 1, replays=replays)
            async with self.database.transaction() as session:
                await announce(session, self.service, letter, letter.consumer, moment, replays=replays)
            outcome = f"a dead letter again: {reason}"
        await desk.settle(letter.number, outcome)
        return outcome


def _chosen(found: Sequence[Letter], only: UUID | None, number: int | None) -> list[Letter]:
    if number is not None:
        return [letter for letter in found if letter.number == number]
    if only is not None:
        return list({letter.consumer: letter for letter in found if letter.event_id == str(only)}.values())
    return [letter for letter in found if letter.settled is None]


async def discard(bootstrap: str, service: str, letter: Letter, why: str) -> None:
    """It waits no longer. It stays in the topic, with who looks for it told why; a retry is still possible."""
    desk = DeadLetters(bootstrap, service)
    try:
        await desk.settle(letter.number, DISCARDED, why)
    finally:
        await desk.close()
