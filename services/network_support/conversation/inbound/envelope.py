"""A mail's headers: to which of our addresses it came, and whether somebody wrote it. No I/O, and no body.

Headers are read by the forgiving rules of the standard library (`compat32`): they come from anybody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

LARGEST_HEADERS = 1_000_000  # bytes
MOST_HEADERS = 2_000
MOST_RECIPIENTS = 100  # more is a circular, and no answer
_END = re.compile(rb"\r?\n\r?\n")
_RECIPIENTS = ("To", "Cc")
# beside these: what a gateway or mailbox adds, which also tells of blind copies
_ARRIVED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Resent-To")
_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
_MARKS = (
    *("List-Id", "List-Unsubscribe", "List-Post"),
    *("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"),
    *("X-Failed-Recipients", "X-MS-Exchange-Inbox-Rules-Loop", "Feedback-Type"),
)
_IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_BARE = re.compile(r"[^<>\s,;\"()@]{1,64}@[^<>\s,;\"()@]{1,253}")
_UUID7 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_MACHINES = re.compile(r"\s*(mailer-daemon|postmaster)\b", re.IGNORECASE)


class Unreadable(Exception):
    """No mail that anybody's program sends. Its text is a code."""


@dataclass(frozen=True)
class Envelope:
    """`automatic`: by which mark, a code; None: somebody wrote it."""

    message_id: str = field(repr=False)
    sender: str = field(repr=False)  # the address in From; "" without a readable one
    arrived: tuple[str, ...] = field(repr=False)  # headers in which one of our addresses can stand
    recipients: int
    automatic: str | None


def envelope(raw: bytes, own_domain: str) -> Envelope:
    """`raw`: a mail, or only its headers. `own_domain` is right of the @ in our own Message-IDs.

    Raises Unreadable for headers that are too many or too large.
    """
    headers = _headers(raw)
    message_id = _one(headers, "Message-ID")
    return Envelope(
        message_id=message_id[:1_000],
        sender=_sender(headers),
        arrived=tuple(value for name in (*_RECIPIENTS, *_ARRIVED) for value in _all(headers, name)),
        recipients=sum(value.count("@") for name in _RECIPIENTS for value in _all(headers, name)),
        automatic=_own(headers, message_id, own_domain) or _automatic(headers),
    )


def _headers(raw: bytes) -> Message:
    end = _END.search(raw, 0, LARGEST_HEADERS + 4)
    block = raw[: end.end()] if end else raw
    if len(block) > LARGEST_HEADERS or block.count(b"\n") > LARGEST_HEADERS // 40:
        raise Unreadable("headers_too_large")
    headers = BytesHeaderParser(policy=compat32).parsebytes(block)
    if len(headers.keys()) > MOST_HEADERS:
        raise Unreadable("too_many_headers")
    return headers


def _all(headers: Message, name: str) -> Iterator[str]:
    """Values as they stand, what is no ASCII as question marks."""
    for value in headers.get_all(name, []):
        yield str(value).encode("ascii", "replace").decode()


def _one(headers: Message, name: str) -> str:
    return next(_all(headers, name), "").strip()


def _sender(headers: Message) -> str:
    given = _one(headers, "From")[:2_000]
    found = _IN_BRACKETS.findall(given) or _BARE.findall(given)
    return str(found[0]) if len(found) == 1 else ""


def _own(headers: Message, message_id: str, domain: str) -> str | None:
    """Of notifications, whose Message-IDs are UUIDs of version 7; people's programs may write from its domain, too."""
    local, _, right = message_id.strip("<> ").partition("@")
    ours = "X-GCM-Reason" in headers or (_UUID7.fullmatch(local) is not None and right.lower() == domain.lower())
    return "own_mail" if ours else None


def _automatic(headers: Message) -> str | None:
    """RFC 3834, and what older programs do instead."""
    return next(_marks(headers), None)


def _marks(headers: Message) -> Iterator[str]:
    if _one(headers, "Auto-Submitted").partition(";")[0].strip().lower() not in {"", "no"}:
        yield "auto_submitted"
    if _one(headers, "Precedence").lower() in _PRECEDENCE:
        yield "precedence"
    yield from (name.lower().replace("-", "_") for name in _MARKS if name in headers)
    if "all" in _one(headers, "X-Auto-Response-Suppress").lower():
        yield "x_auto_response_suppress"
    if _one(headers, "Return-Path") == "<>":
        yield "no_return_path"
    if _one(headers, "Content-Type").lower().startswith("multipart/report"):
        yield "report"
    if _MACHINES.match(_one(headers, "From").rpartition("<")[2]):
        yield "machine"
