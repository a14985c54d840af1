"""Turns mailings into deliveries: asks the pledges service who is to be written to, with no connection held."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from services.notifications.deliveries import mailings
from services.notifications.deliveries.lifecycle import outage_pause
from services.notifications.recipients import Found, Recipients
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.waking import Wake, repeat

log = structlog.get_logger()

MOST = 100  # mailings at once: at most as many entities, so that one search answers for all
LEASE = timedelta(seconds=60)
POLL = 2.0  # seconds between two looks without a bell


class Expander:
    """`heard` rings when the consumer has written; `written` is rung when deliveries were."""

    def __init__(self, database: Database, clock: Clock, recipients: Recipients, heard: Wake, written: Wake) -> None:
        self._database, self._clock, self._recipients = database, clock, recipients
        self._bell, self._written = heard.bell(), written

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. An outage of the database or the pledges service is waited out."""
        await repeat("expander", self.once, stop, self._bell, POLL)

    async def once(self) -> bool:
        """One batch; False when nothing was open. Raises Unavailable while recipients cannot be asked for."""
        async with self._database.transaction() as session:
            claimed = await mailings.claim(session, most=MOST, lease=LEASE, at=self._clock.system())
        if not claimed:
            return False
        await self._expand(claimed, await self._find(claimed))
        self._written()
        return True

    async def _find(self, claimed: Sequence[mailings.Open]) -> Found:
        entities = {mailing.entity_id for mailing in claimed if mailing.audience == "focal_points"}
        desk = any(mailing.audience == "desk" for mailing in claimed)
        try:
            return await self._recipients.search(entities, desk=desk) if entities or desk else Found()
        except Unavailable:
            until = self._clock.system() + outage_pause(max(mailing.attempts for mailing in claimed))
            async with self._database.transaction() as session:
                await mailings.put_off(session, claimed[0].token, until)
            raise

    async def _expand(self, claimed: Sequence[mailings.Open], found: Found) -> None:
        for mailing in claimed:
            people = mailing.people(found)
            if not people:
                log.info("mailing.reaches_nobody", template=mailing.template, entity_id=mailing.entity_id)
            async with self._database.transaction() as session:
                await mailings.expand(session, mailing, people, self._clock.system())
