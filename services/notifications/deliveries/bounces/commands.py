"""What a report that came back changes: of a mail of ours, to the address that it went to, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.notifications.deliveries.bounces.reading import Kind, Returned, hard, passing
from services.notifications.deliveries.returning import ReturnPath
from services.notifications.deliveries.suppression.commands import Reason, suppress
from services.notifications.deliveries.suppression.hashing import Hashing
from services.notifications.deliveries.suppression.policy import policy
from services.notifications.deliveries.suppression.queries import entities_of
from services.notifications.settings import Settings
from shared.events.notifications import ContactLost
from shared.messaging import outbox

log = structlog.get_logger()

Effect = Literal["noted", "repeated", "not_ours"]

_NOTE = text("""
insert into returned (delivery_id, kind, status, received_at, address_hash)
select id, :kind, :status, :at, case when exists (
    select from erased_person
    where erased_person.person_id in (delivery.person_id, delivery.whose) and erased_person.at >= delivery.created_at
) then null else cast(:address_hash as bytea) end
from delivery where id = :id
on conflict do nothing
returning delivery_id
""")

# of mails since staff last undid it, if they did
_SOFT = text("""
select count(*) as number, max(received_at) - min(received_at) as lasted from returned
where kind = 'soft' and address_hash = any(cast(:hashes as bytea[])) and received_at > greatest(:since, (
    select max(lifted_at) from suppression where address_hash = any(cast(:hashes as bytea[]))
))
""")

_KNOWN = text("select id from delivery where id = :id")

# one that a crashed sender still holds is tried again, and is stopped then by the suppression
_BOUNCED = text("""
update delivery set state = 'failed', reason = :reason where id = :id and state = 'sent'
""")

LOST_BY: dict[Reason, Literal["hard_bounce", "complaint"]] = {"bounced": "hard_bounce", "complained": "complaint"}
SUPPRESSED_BY: dict[Kind, Reason] = {"hard": "bounced", "complaint": "complained"}


@dataclass(frozen=True)
class Desk:
    """Tells reports about our mails from others, and keeps of an address its keyed hash."""

    path: ReturnPath
    hashing: Hashing

    @classmethod
    def of(cls, settings: Settings) -> Self:
        policy()  # a fault in it is told at the start, not at the third bounce
        return cls(ReturnPath(settings.mail_keys, settings.bounces_to), Hashing(settings.mail_keys))

    async def take(self, session: AsyncSession, returned: Returned, at: datetime) -> Effect:
        """`at` is system time. The caller commits."""
        found = self._ours(returned)
        if found is None:
            return "not_ours"
        delivery_id, address = found
        if not await self._note(session, delivery_id, address, returned.kind, returned.status, at):
            known = (await session.execute(_KNOWN, {"id": delivery_id})).first()
            return "repeated" if known else "not_ours"
        if returned.kind != "complaint":
            await session.execute(_BOUNCED, {"id": delivery_id, "reason": f"bounced_{returned.status}"})
        if reason := SUPPRESSED_BY.get(returned.kind):
            await self.lose(session, delivery_id, address, reason, returned.status, at)
        elif passing(returned.status):
            await self._tire(session, delivery_id, address, returned.status, at)
        log.info("mail.came_back", delivery=str(delivery_id), kind=returned.kind, status=returned.status)
        return "noted"

    async def refused(self, session: AsyncSession, delivery_id: UUID, address: str, status: str, at: datetime) -> None:
        """The relay did not take it, and it is not tried again. `status`: RFC 3463, or ""."""
        if hard(status):
            await self.lose(session, delivery_id, address, "bounced", status, at)
        elif passing(status) and await self._note(session, delivery_id, address, "soft", status, at):
            await self._tire(session, delivery_id, address, status, at)

    async def _note(
        self, session: AsyncSession, delivery_id: UUID, address: str, kind: Kind, status: str, at: datetime
    ) -> bool:
        """False for what was told before, and of a mail that never was."""
        counted = self.hashing.of(address)[0] if kind == "soft" and passing(status) else None
        row = {"id": delivery_id, "kind": kind, "status": status, "at": at, "address_hash": counted}
        return (await session.execute(_NOTE, row)).first() is not None

    async def _tire(self, session: AsyncSession, delivery_id: UUID, address: str, status: str, at: datetime) -> None:
        """Often enough, over long enough, it is as if nobody were there."""
        rules, hashes = policy(), self.hashing.of(address)
        since = at - timedelta(days=rules.within_days)
        found = (await session.execute(_SOFT, {"hashes": hashes, "since": since})).one()
        if found.number >= rules.soft_bounces and found.lasted >= timedelta(days=rules.over_days):
            await self.lose(session, delivery_id, address, "bounced", status, at)

    def _ours(self, returned: Returned) -> tuple[UUID, str] | None:
        """The delivery that a signed return path names, and the address that it was signed for."""
        for address in returned.recipients:
            for path in returned.paths:
                if delivery_id := self.path.delivery(path, address):
                    return delivery_id, address
        return None

    async def lose(
        self, session: AsyncSession, delivery_id: UUID, address: str, reason: Reason, status: str, at: datetime
    ) -> None:
        """The address is written to no more, and whoever looks after contacts is told, once."""
        if not await suppress(session, self.hashing.of(address), reason, status, delivery_id, at):
            return
        for entity_id in (await entities_of(session, [delivery_id]))[delivery_id]:
            lost = ContactLost(lost_id=uuid7(), entity_id=entity_id, reason=LOST_BY[reason])
            await outbox.add(session, "contact.lost.v1", entity_id, lost, at)
