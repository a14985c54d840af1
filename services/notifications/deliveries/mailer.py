"""A letter in its envelope: the message as it goes over the wire (RFC 5322, RFC 2045)."""

from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from typing import Any

from services.notifications.content.cleaning import sendable
from services.notifications.deliveries.letters import Letter
from services.notifications.deliveries.signing import Signer
from services.notifications.deliveries.smtp import Wire
from shared import addresses

LONGEST_SUBJECT = 300  # characters: more than ours ever have
LONGEST_LINE = 75  # of encoded words; RFC 2047, 2 allows 76, which the email package oversteps by one


class _Verbatim(UnstructuredHeader, BaseHeader):
    """One line as it is: of an address longer than a line the email package makes encoded words, which no program
    that reads such a header decodes."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """Encoded words with its blanks in them: the email package leaves blanks between them, which nobody reads
    (RFC 2047, 6.2)."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        if self.isascii():
            return super().fold(policy=policy)
        encoded = Header(str(self), "utf-8", LONGEST_LINE, self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {encoded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("Subject", _Subject)
for _name in ("List-Unsubscribe", "List-Id", "References", "In-Reply-To"):
    _HEADERS.map_to_type(_name, _Verbatim)
_POLICY = SMTP.clone(header_factory=_HEADERS)
_INTERNATIONAL = _POLICY.clone(utf8=True)  # RFC 6532


def message(
    letter: Letter, *, sender: str, message_id: str, now: datetime, headers: Mapping[str, str] | None = None
) -> EmailMessage:
    """Plain text and HTML of one content. `sender` is "Name <address>"; `now` is business time; `headers`: our own.

    Whatever the letter's texts hold, no header of it can begin another: headers are made of single clean lines, and
    the email package refuses the rest.
    """
    made = EmailMessage(policy=_POLICY)
    made["From"] = mailbox(*parseaddr(sender))
    made["To"] = mailbox(letter.name, letter.address)
    if letter.reply_to:
        made["Reply-To"] = mailbox(parseaddr(sender)[0], letter.reply_to)
    made["Subject"] = header(letter.content.subject, LONGEST_SUBJECT)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers, please
    made["X-Auto-Response-Suppress"] = "All"  # the same, for those who read only this one
    made["X-GCM-Reason"] = letter.reason
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(letter.content.text, charset="utf-8", cte="quoted-printable")
    made.add_alternative(letter.content.html, subtype="html", charset="utf-8", cte="quoted-printable")
    if letter.calendar:
        kind = {"method": letter.calendar.method, "charset": "utf-8"}
        made.add_attachment(letter.calendar.content, "text", "calendar", params=kind, filename="review.ics")
    made["Content-Language"] = letter.content.language  # after the content, which begins its headers anew
    return made


def wire(made: EmailMessage, return_path: str, signer: Signer | None) -> Wire:
    """As it goes to the relay, signed if there is a key."""
    recipient: str = made["To"].addresses[0].addr_spec
    content = made.as_bytes(policy=_POLICY if recipient.isascii() else _INTERNATIONAL)
    return Wire(return_path, recipient, signer.sign(content) if signer else content)


def header(text: str, longest: int) -> str:
    """One line that can be sent. What looks like an encoded word (RFC 2047) is spoilt: the email package would decode
    it, and a line break hidden in it would begin a new header."""
    return sendable(text, longest).replace("=?", "= ?")


def mailbox(name: str, address: str) -> Address:
    """Raises ValueError when the address is none."""
    found = addresses.mailbox(address)
    return Address(header(name, 100), found.local, found.domain)
