"""What comes back by mail: reports on delivery (RFC 3464, RFC 6533) and complaints (RFC 5965). Trusts nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import compat32
from itertools import islice
from typing import Literal

import structlog

from shared.raw_mail import too_much

log = structlog.get_logger()

Kind = Literal["hard", "soft", "complaint"]

# of class 5, and yet no fault of the mailbox: our own address does not please; it is full; the mail is too large; the
# way, the content or a policy. Of the way, 5.4.1 and 5.4.4 are what large providers say of a mailbox or a domain that
# is not there
_NOT_THE_MAILBOX = re.compile(r"5\.(1\.[78]|2\.[234]|[3567]\.\d+|4\.(?!(1|4)$)\d+)")
_PASSING = re.compile(r"[45]\.2\.\d+|4\.(1\.(?![78]$)|[034]\.)\d+")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# as long as RFC 5321 allows: without an end, a long word without an @ would be looked at once for each of its letters
_ADDRESS = re.compile(r"[^\s<>\",;:()@]{1,64}@[^\s<>\",;:()@]{1,255}")
_COMPLAINT = re.compile(r"[a-z-]{1,40}")
_CODED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")  # RFC 6533, 3
_PATHS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "Return-Path")
MOST_LINES = 30_000  # a megabyte of text or Base64 has about half of them
MOST_PARTS = 200
LONGEST_HEADER = 2_000  # characters of it that are looked at
MOST = 50  # recipients in one report; a mail of ours has one
MOST_ADDRESSES = 20  # of one recipient, and return paths of one report


@dataclass(frozen=True)
class Returned:
    """One recipient's part of a report. Whether it speaks of a mail of ours, only the signed return path tells."""

    kind: Kind
    status: str  # RFC 3463, or the kind of complaint
    recipients: tuple[str, ...]  # addresses that it may be about
    paths: tuple[str, ...]  # addresses that may be our return path


def read(raw: bytes) -> list[Returned]:
    """What of it says that a mail failed for good, or was complained about; of anything else nothing.

    Not for the event loop: a mail may take a second.
    """
    if too_much(raw, MOST_LINES):
        return []
    try:
        return list(islice(_read(message_from_bytes(raw, policy=compat32)), MOST))
    except Exception as error:  # noqa: BLE001 - built to break who reads it, and must not come again for ever
        # without its message, which may hold what people wrote
        log.warning("bounce.not_understood", error=type(error).__name__)
        return []


def hard(status: str) -> bool:
    """Whether it says that this mailbox takes no mail from anybody."""
    return status.startswith("5.") and not _NOT_THE_MAILBOX.fullmatch(status)


def passing(status: str) -> bool:
    """Whether it says that the mailbox, or the way to it, takes nothing for now; policy and content do not."""
    return bool(_PASSING.fullmatch(status))


def _read(message: Message) -> Iterator[Returned]:
    if message.get_content_type() != "multipart/report":
        return
    parts = list(islice(message.walk(), MOST_PARTS))
    heads = [*parts, *(_head(part) for part in parts if part.get_content_type() == "text/rfc822-headers")]
    paths = _few(found for head in heads for header in _PATHS for found in _addresses(head, header))
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status" | "message/global-delivery-status":
                yield from _failures(part, paths)
            case "message/feedback-report":
                yield from _complaints(part, heads[1:], paths)


def _head(part: Message) -> Message:
    """Of a mail that came back without its text."""
    payload = part.get_payload()
    return message_from_string(payload if isinstance(payload, str) else "", policy=compat32)


def _failures(part: Message, paths: tuple[str, ...]) -> Iterator[Returned]:
    for block in _blocks(part):
        said = str(block.get("Status", ""))
        found = _STATUS.search(said)
        if str(block.get("Action", "")).strip().lower() != "failed" or found is None:
            continue
        status = found.group()
        recipients = _few([*_addresses(block, "Original-Recipient"), *_addresses(block, "Final-Recipient")])
        yield Returned("hard" if hard(status) else "soft", status, recipients, paths)


def _complaints(part: Message, inside: list[Message], paths: tuple[str, ...]) -> Iterator[Returned]:
    """`not-spam` is the contrary of one. `inside`: all but the report itself, which has another To."""
    to = _few(found for head in inside for found in _addresses(head, "To"))
    for block in _blocks(part):
        kind = str(block.get("Feedback-Type", "")).strip().lower()
        if not _COMPLAINT.fullmatch(kind) or kind == "not-spam":
            continue
        told = [*_addresses(block, "Original-Rcpt-To"), *_addresses(block, "Removal-Recipient")]
        sent_from = _addresses(block, "Original-Mail-From")
        yield Returned("complaint", kind, _few([*told, *to]), _few([*sent_from, *paths]))


def _blocks(part: Message) -> list[Message]:
    """Groups of fields, as the email package reads them; of another part nothing."""
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _addresses(block: Message, header: str) -> Iterator[str]:
    for value in block.get_all(header, []):
        said = _CODED.sub(lambda coded: _character(coded[1]), str(value)[:LONGEST_HEADER])
        yield from _ADDRESS.findall(said)


def _few(addresses: Iterable[str]) -> tuple[str, ...]:
    """Each once, the first of them."""
    return tuple(islice(dict.fromkeys(addresses), MOST_ADDRESSES))


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
