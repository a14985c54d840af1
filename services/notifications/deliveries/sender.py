"""The role `sender`: claims deliveries, sends each by SMTP with no database connection held, settles each by itself."""

import asyncio
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from time import monotonic

import structlog

from services.notifications.deliveries import commands, headers, lifecycle
from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.composing import Composer
from services.notifications.deliveries.letters import Letter
from services.notifications.deliveries.lifecycle import (
    Broken,
    Gathered,
    Limited,
    NotTried,
    Outage,
    Outcome,
    Refused,
    State,
    Suppressed,
)
from services.notifications.deliveries.limits import Domains, limits
from services.notifications.deliveries.mailer import message, wire
from services.notifications.deliveries.pool import Pool
from services.notifications.deliveries.signing import signer
from services.notifications.deliveries.smtp import DATA_TIMEOUT
from services.notifications.deliveries.steps import DIGEST, REMINDER
from services.notifications.digests import commands as digests
from services.notifications.digests.lifecycle import Told
from services.notifications.reminders import settling
from services.notifications.reminders.listing import Listing
from services.notifications.settings import Settings
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.waking import OUTAGES, Wake, repeat

log = structlog.get_logger()

MOST = 10  # mails claimed at once for each connection
# what must be left of the lease before DATA: the answer may take that long, and clocks of machines differ a little
MARGIN = timedelta(seconds=DATA_TIMEOUT + 5)
POLL = 2.0  # seconds between two looks without a bell: for what another process wrote, and for the business clock
SWEEP = 600.0  # seconds between two looks, at rest, for what waits for a digest that has ended


@dataclass(frozen=True)
class Attempt:
    """`address`: where it went, or would have gone. It is kept nowhere. `whose`: the person's."""

    outcome: Outcome
    listing: Listing | None = None
    told: Told | None = None
    address: str = field(default="", repr=False)
    whose: str = ""


class Sender:
    """`written` rings when deliveries were written; `nudge` tells the relay of what others must hear."""

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
        self._bounces = Desk.of(settings)
        self._signer = signer(settings)
        self._pool, self._domains = Pool(settings), Domains(limits(settings.mail_limits_file))
        self.lease = timedelta(seconds=settings.mail_lease)
        self._swept: float | None = None  # monotonic

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then mails under way are finished, and what else was claimed is given back."""
        try:
            await repeat("sender", partial(self.once, stop), stop, self._bell, POLL)
        finally:
            await self.close()

    async def close(self) -> None:
        """Ends the connections to the relay."""
        await self._pool.close()

    async def once(self, stop: asyncio.Event) -> bool:
        """One batch. False when nothing was due, or the relay is away."""
        due = deque(await self.claim())
        if not due:
            await self._pool.tidy()
            return await self._sweep()
        self._pool.begin()
        lanes = [self._lane(due, stop) for _ in range(min(self._pool.size, len(due)))]
        # none is cut off in the middle of a mail because another one failed
        ended = await asyncio.gather(*lanes, return_exceptions=True)
        self._nudge()
        for failure in filter(None, ended):
            raise failure
        return not self._pool.down

    async def claim(self) -> list[Claimed]:
        async with self._database.transaction() as session:
            return await commands.claim(
                session,
                most=MOST * self._pool.size,
                lease=self.lease,
                domain=self._settings.mail_domain,
                now=self._clock.business(),
                at=self._clock.system(),
            )

    async def _sweep(self) -> bool:
        """Whether there is something to claim now."""
        if self._swept is not None and monotonic() - self._swept < SWEEP:
            return False
        async with self._database.transaction() as session:
            freed = await digests.free(session, self._clock.system())
        if not freed:
            self._swept = monotonic()
        return freed

    async def _lane(self, due: deque[Claimed], stop: asyncio.Event) -> None:
        """One mail after the other, as long as there are any; several lanes share one batch."""
        while due:
            delivery = due.popleft()
            await self._settle(delivery, await self._attempt(delivery, stop))

    async def _attempt(self, delivery: Claimed, stop: asyncio.Event) -> Attempt:
        """Nothing is raised: one mail that cannot be made must not hold up all others."""
        if stop.is_set() or self._pool.down:
            return Attempt(NotTried())
        try:
            composed = await self._composer.compose(delivery)
            if not isinstance(composed.result, Letter):
                return Attempt(composed.result, composed.listing, composed.told)
            outcome = await self._send(delivery, composed.result, composed.listing)
            letter = composed.result
            return Attempt(outcome, composed.listing, composed.told, letter.address, letter.whose)
        except Unavailable:
            return Attempt(Outage("contacts_unavailable"))
        except OUTAGES as error:
            return Attempt(Outage(type(error).__name__))
        except Exception as error:  # noqa: BLE001 - see above
            # without its message, which may hold what people wrote
            log.error("delivery.broken", delivery=str(delivery.id), error=type(error).__name__, at=_place(error))  # noqa: TRY400
            return Attempt(Broken(type(error).__name__))

    async def _send(self, delivery: Claimed, letter: Letter, found: Listing | None) -> Outcome:
        try:
            made = self._message(delivery, letter, found)
        except ValueError:
            return Suppressed("address_unusable")
        domain = made["To"].addresses[0].domain.lower()
        async with self._domains.turn(domain):
            if wait := self._domains.wait(domain):
                return Limited(self._clock.system() + timedelta(seconds=wait))
            signed = wire(made, self._bounces.path.of(delivery.id, letter.address), self._signer)
            return await self._pool.send(signed, partial(self._holds, delivery))

    def _message(self, delivery: Claimed, letter: Letter, found: Listing | None) -> EmailMessage:
        return message(
            letter,
            sender=self._settings.mail_from,
            message_id=delivery.message_id,
            now=self._clock.business(),
            headers=headers.of(delivery, found, letter.unsubscribe_url, self._settings.mail_domain),
        )

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
        outcome, at = attempt.outcome, self._clock.system()
        settlement = lifecycle.settle(
            outcome, attempts=delivery.attempts, created_at=self._began(delivery, at), at=at, reason=delivery.reason
        )
        async with self._database.transaction() as session:
            if delivery.template == REMINDER.template:
                now, found = self._clock.business(), attempt.listing
                ours = await settling.settle(session, delivery, settlement, found, now=now, at=at)
            elif delivery.template == DIGEST.template:
                ours = await digests.settle(session, delivery, settlement, attempt.told, at)
            elif isinstance(outcome, Gathered):
                ours = await digests.join(session, delivery, settlement, outcome, at)
            else:
                ours = await commands.settle(session, delivery, settlement, at, attempt.whose)
            if ours and isinstance(outcome, Refused) and settlement.state is State.FAILED:
                await self._bounces.refused(session, delivery.id, attempt.address, outcome.enhanced, at)
        if not ours:
            log.warning("delivery.lease_lost", delivery=str(delivery.id))

    def _began(self, delivery: Claimed, at: datetime) -> datetime:
        """Patience with the relay begins when the mail is due, and not while it waits for that."""
        if delivery.not_before is None:
            return delivery.created_at
        return max(delivery.created_at, at - (self._clock.business() - delivery.not_before))


def _place(error: Exception) -> str:
    """File and line; the message of an error may hold what people wrote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
