"""What became of each mail, written down once; and whether its writer is told. The caller commits."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.conversation.addresses import ReplyAddresses
from services.network_support.conversation.lifecycle import ANSWERED, MOST_ANSWERS, Outcome
from services.network_support.conversation.models import MailIn, ReplyAddress
from services.network_support.requests.models import SupportRequest
from shared.clock import Moment
from shared.events.support import MailNotTaken
from shared.messaging import outbox

DAY = timedelta(days=1)
_ADD = insert(MailIn).on_conflict_do_nothing(index_elements=["fingerprint"])
_KNOWN = select(col(MailIn.outcome)).where(col(MailIn.fingerprint) == bindparam("fingerprint"))
_ANSWERS = (
    select(func.count())
    .select_from(MailIn)
    .join(ReplyAddress, col(ReplyAddress.address_id) == col(MailIn.address_id))
    .where(
        col(ReplyAddress.person) == bindparam("person"),
        col(MailIn.answered),
        col(MailIn.recorded_at) > bindparam("after"),
    )
)


@dataclass(frozen=True)
class Arrival:
    """A mail as it is told apart: the same one again is the same in both."""

    message_id: str
    content: bytes  # hash of what follows the headers: those change on the way
    size: int
    via: str


@dataclass(frozen=True)
class Known:
    """An address that is ours, and the request behind it."""

    address: ReplyAddress
    request: SupportRequest


def content_of(raw: bytes) -> bytes:
    """However its lines end, and whatever was put before or after it on the way."""
    plain = raw.replace(b"\r\n", b"\n")
    return sha256(plain.partition(b"\n\n")[2].rstrip()).digest()


@dataclass(frozen=True)
class Ledger:
    addresses: ReplyAddresses

    def fingerprint(self, arrival: Arrival, known: Known | None) -> bytes:
        to = known.address.address_id if known else b""
        return self.addresses.mark("mail", arrival.message_id, arrival.content, to)

    async def before(self, session: AsyncSession, arrival: Arrival, known: Known | None) -> Outcome | None:
        """What became of this mail, if it was here before."""
        found: Outcome | None = await session.scalar(_KNOWN, {"fingerprint": self.fingerprint(arrival, known)})
        return found

    async def write(
        self,
        session: AsyncSession,
        arrival: Arrival,
        outcome: Outcome,
        moment: Moment,
        *,
        known: Known | None = None,
        detail: str | None = None,
        number: int | None = None,
        tell: bool = False,
    ) -> None:
        """`tell`: its writer should know more than that it came. Only whoever holds an address of ours is ever told,
        at the address that the pledges service has of them, and only so often a day."""
        told = tell or outcome in ANSWERED
        answered = bool(known and told and await self._few(session, known.address.person, moment))
        row = {
            "mail_id": uuid7(),
            "fingerprint": self.fingerprint(arrival, known),
            "outcome": outcome,
            "detail": detail,
            "request_id": known.request.request_id if known else None,
            "number": number,
            "address_id": known.address.address_id if known else None,
            "answered": answered,
            "size": arrival.size,
            "via": arrival.via,
            "recorded_at": moment.system,
        }
        new = (await session.execute(_ADD.returning(col(MailIn.mail_id)), row)).first()
        if new and answered and known:
            reason = "files_left_out" if outcome == "accepted" else outcome
            await self._tell(session, known, new.mail_id, reason, moment)

    async def _few(self, session: AsyncSession, person: str, moment: Moment) -> bool:
        asked = {"person": person, "after": moment.system - DAY}
        return int(await session.scalar(_ANSWERS, asked) or 0) < MOST_ANSWERS

    async def _tell(self, session: AsyncSession, known: Known, mail_id: UUID, reason: str, moment: Moment) -> None:
        request = known.request
        data = MailNotTaken.model_validate(
            {
                "request_id": request.request_id,
                "pledge_id": request.pledge_id,
                "entity_id": request.entity_id,
                "mail_id": mail_id,
                "reason": reason,
            }
        )
        await outbox.add(session, "request.mail_not_taken.v1", str(request.request_id), data, moment.system)
