"""The role `sender`: claims deliveries, sends each by SMTP with no database connection held, settles each by itself."""

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import structlog

from services.notifications.deliveries import commands, lifecycle
from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.composing import Composer
from services.notifications.deliveries.letters import Letter
from services.notifications.deliveries.lifecycle import Broken, NotTried, Outage, Outcome, Suppressed
from services.notifications.deliveries.mailer import message
from services.notifications.deliveries.smtp import DATA_TIMEOUT, Line, line
from services.notifications.deliveries.steps import REMINDER
from services.notifications.reminders import settling
from services.notifications.reminders.listing import Listing
from services.notifications.settings import Settings
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.waking import OUTAGES, Wake, repeat

log = structlog.get_logger()

MOST = 10  # mails claimed at once
# what must be left of the lease before DATA: the answer may take that long, and clocks of machines differ a little
MARGIN = timedelta(seconds=DATA_TIMEOUT + 5)
POLL = 2.0  # seconds between two looks without a bell: for what another process wrote, and for the business clock


@dataclass(frozen=True)
class Attempt:
    outcome: Outcome
    listing: Listing | None = None


class Sender:
    """`written` rings when deliveries were written; `nudge` tells the relay of reminders that reached nobody."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        composer: Composer,
        settings: Settings,
        written: Wake,
        nudge: Callable[[], None],
    ) -> None:
        self._database, self._clock, self._composer, self._settings = database, clock, composer, settings
        self._bell, self._nudge = written.bell(), nudge
        self.lease = lifecycle.LEASE

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then the mail under way is finished, and what else was claimed is given back."""
        await repeat("sender", partial(self.once, stop), stop, self._bell, POLL)

    async def once(self, stop: asyncio.Event) -> bool:
        """One batch. False when nothing was due, or the relay is away."""
        claimed = await self.claim()
        if not claimed:
            return False
        async with line(self._settings) as connection:
            for delivery in claimed:
                attempt = await self._attempt(connection, delivery, stop)
                await self._settle(delivery, attempt)
        self._nudge()
        return not connection.dead

    async def claim(self) -> list[Claimed]:
        async with self._database.transaction() as session:
            return await commands.claim(
                session,
                most=MOST,
                lease=self.lease,
                domain=self._settings.mail_domain,
                now=self._clock.business(),
                at=self._clock.system(),
            )

    async def _attempt(self, connection: Line, delivery: Claimed, stop: asyncio.Event) -> Attempt:
        """Nothing is raised: one mail that cannot be made must not hold up all others."""
        if stop.is_set() or connection.dead:
            return Attempt(NotTried())
        try:
            composed = await self._composer.compose(delivery)
            return Attempt(await self._send(connection, delivery, composed.result), composed.listing)
        except Unavailable:
            return Attempt(Outage("contacts_unavailable"))
        except OUTAGES as error:
            return Attempt(Outage(type(error).__name__))
        except Exception as error:  # noqa: BLE001 - see above
            # without its message, which may hold what people wrote
            log.error("delivery.broken", delivery=str(delivery.id), error=type(error).__name__, at=_place(error))  # noqa: TRY400
            return Attempt(Broken(type(error).__name__))

    async def _send(self, connection: Line, delivery: Claimed, result: Letter | Outcome) -> Outcome:
        if not isinstance(result, Letter):
            return result
        try:
            made = self._message(delivery, result)
        except ValueError:
            return Suppressed("address_unusable")
        return await connection.send(made, partial(self._holds, delivery))

    def _message(self, delivery: Claimed, letter: Letter) -> EmailMessage:
        now = self._clock.business()
        return message(letter, sender=self._settings.mail_from, message_id=delivery.message_id, now=now)

    def _holds(self, delivery: Claimed) -> bool:
        """Whether the lease surely lasts until the relay has answered; nobody can take it before its end."""
        return self._clock.system() + MARGIN < delivery.lease_until

    async def _settle(self, delivery: Claimed, attempt: Attempt) -> None:
        """Tried as long as the lease lasts: a mail that left and is not settled would be sent again."""
        while True:
            try:
                return await self._settle_once(delivery, attempt)
            except OUTAGES:
                if self._clock.system() >= delivery.lease_until:
                    raise
                await asyncio.sleep(1)

    async def _settle_once(self, delivery: Claimed, attempt: Attempt) -> None:
        at = self._clock.system()
        settlement = lifecycle.settle(
            attempt.outcome, attempts=delivery.attempts, created_at=delivery.created_at, at=at
        )
        async with self._database.transaction() as session:
            if delivery.template == REMINDER.template:
                now, found = self._clock.business(), attempt.listing
                ours = await settling.settle(session, delivery, settlement, found, now=now, at=at)
            else:
                ours = await commands.settle(session, delivery, settlement, at)
        if not ours:
            log.warning("delivery.lease_lost", delivery=str(delivery.id))


def _place(error: Exception) -> str:
    """File and line; the message of an error may hold what people wrote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
