"""A mail that has arrived, from its raw bytes to what became of it. The one way in for endpoint and mailbox.

The address that it came to is the proof of who writes; neither subject nor From count. A mail is answered for once
for each of our addresses in it, and only then is it let go of: what cannot be decided now raises Unavailable.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import structlog

from services.network_support.conversation import commands, lifecycle, queries
from services.network_support.conversation.addresses import ReplyAddresses
from services.network_support.conversation.commands import Words
from services.network_support.conversation.inbound import body, envelope
from services.network_support.conversation.inbound.body import Body
from services.network_support.conversation.inbound.envelope import MOST_RECIPIENTS, Envelope, Unreadable
from services.network_support.conversation.inbound.filing import Filing
from services.network_support.conversation.inbound.ledger import Arrival, Known, Ledger, content_of
from services.network_support.conversation.inbound.standing import Standing, standing
from services.network_support.conversation.lifecycle import Outcome
from services.network_support.requests import commands as requests
from shared.asking import Asking
from shared.authors import Author
from shared.clock import Clock
from shared.db import Database
from shared.errors import Conflict, Unavailable

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

LARGEST_MAIL = 30_000_000  # bytes, as it goes over the wire
AT_ONCE = 2  # mails that are taken apart at a time: each needs several times its size


@dataclass(frozen=True)
class Receiver:
    """`domains`: of our addresses, the first of them right of the @ in our Message-IDs."""

    database: Database
    clock: Clock
    nudge: Callable[[], None]
    pledges: Asking
    addresses: ReplyAddresses
    filing: Filing
    domains: tuple[str, ...]
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.addresses)

    async def receive(self, raw: bytes, via: str, size: int | None = None) -> list[Outcome]:
        """`size`: of the whole mail, of which `raw` is the headers alone because the rest is too much.

        Raises Unavailable when it should come again; nothing was written then for the address at hand.
        """
        async with self.room:
            arrival = Arrival("", content_of(raw), size or len(raw), via)
            try:
                seen = await _apart(envelope.envelope, raw, self.domains[0])
            except Unreadable as error:
                return [await self._closed(arrival, "broken", detail=str(error))]
            arrival = Arrival(seen.message_id, arrival.content, arrival.size, via)
            outcomes = [await self._for(arrival, seen, raw, known) for known in await self._known(seen)]
            if not outcomes:
                outcome, detail = _general(seen) or ("unknown_address", None)
                outcomes = [await self._closed(arrival, outcome, detail=detail)]
        self.nudge()
        log.info("mail.arrived", via=via, size=arrival.size, outcomes=outcomes)
        return outcomes

    async def _known(self, seen: Envelope) -> Sequence[Known]:
        """One for each request: whoever writes to two addresses of one request says it once."""
        tokens = self.addresses.found(seen.arrived)
        async with self.database.transaction() as session:
            rows = await queries.addressed(session, tokens) if tokens else []
        macs = {token.address_id: token for token in tokens}
        known = [Known(address, request) for address, request in rows]
        ours = [one for one in known if self.addresses.made(macs[one.address.address_id], one.address)]
        return list({one.request.request_id: one for one in ours}.values())

    async def _for(self, arrival: Arrival, seen: Envelope, raw: bytes, known: Known) -> Outcome:
        async with self.database.transaction() as session:
            if before := await self.ledger.before(session, arrival, known):
                return before
        if refusal := self._refusal(arrival, seen, known):
            return await self._closed(arrival, refusal[0], known, refusal[1])
        who = await standing(self.pledges, known.address.person, known.request.entity_id, seen.sender)
        if not who.may_write:
            return await self._closed(arrival, "not_a_member", known)
        return await self._read(arrival, known, who, raw)

    async def _read(self, arrival: Arrival, known: Known, who: Standing, raw: bytes) -> Outcome:
        try:
            found = await _apart(body.read, raw, self.domains)
        except Unreadable as error:
            return await self._closed(arrival, "broken", known, str(error))
        if not found.text and not found.files:
            return await self._closed(arrival, "broken", known, "empty")
        try:
            return await self._accepted(arrival, known, who, found)
        except Conflict:  # it ended meanwhile
            return await self._closed(arrival, "expired", known)

    def _refusal(self, arrival: Arrival, seen: Envelope, known: Known) -> tuple[Outcome, str | None] | None:
        if general := _general(seen):
            return general
        if lifecycle.over(known.request.state, known.request.changed_at, self.clock.business()):
            return "expired", None
        return ("too_large", None) if arrival.size > LARGEST_MAIL else None

    async def _accepted(self, arrival: Arrival, known: Known, who: Standing, found: Body) -> Outcome:
        taken, left_out = await self.filing.take(found.files)
        moment, author = self.clock.moment(), Author(known.address.person, "entity")
        async with self.database.transaction() as session:
            request = await requests.locked(session, known.request.request_id)
            if request.state == "merged":
                raise Unavailable(
                    "The request was merged meanwhile; the mail goes to the other one when it comes again."
                )
            if before := await self.ledger.before(session, arrival, known):
                return before  # the same mail by two ways at once; files of this one are swept
            left_out += await self.filing.attach(session, request, taken, author, moment)
            said = [one.said() for one in left_out]
            words = Words(found.text, "mail", quoted=found.quoted, elsewhere=not who.own_address, left_out=said)
            message = await commands.say(session, request, "requester", words, author, moment)
            tell = any(not one.shown for one in left_out)
            await self.ledger.write(session, arrival, "accepted", moment, known=known, number=message.number, tell=tell)
        return "accepted"

    async def _closed(
        self, arrival: Arrival, outcome: Outcome, known: Known | None = None, detail: str | None = None
    ) -> Outcome:
        async with self.database.transaction() as session:
            moment = self.clock.moment()
            await self.ledger.write(session, arrival, outcome, moment, known=known, detail=detail)
        return outcome


async def _apart(take: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What takes a mail apart, in a thread. Raises Unreadable whatever goes wrong: one mail must not hold up others."""
    try:
        return await asyncio.to_thread(take, *args, **named)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        # without its message, which may hold what people wrote
        log.error("mail.not_understood", error=type(error).__name__)  # noqa: TRY400
        raise Unreadable("not_understood") from None


def _general(seen: Envelope) -> tuple[Outcome, str | None] | None:
    """What no address makes an answer of."""
    if seen.automatic:
        return "automatic", seen.automatic
    return ("mass_mail", None) if seen.recipients > MOST_RECIPIENTS else None
