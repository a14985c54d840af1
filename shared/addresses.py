"""E-mail addresses: of one mailbox, such that a relay can be asked to deliver to it (RFC 5321, RFC 5322, RFC 6531)."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST, LONGEST_LOCAL, LONGEST_DOMAIN = 254, 64, 253  # bytes, as they go over the wire

_ATOM = r'[^\s()<>\[\]:;@\\,."]+'  # no quoted local parts: nobody has one, and every second form refuses them
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True)
class Mailbox:
    """`domain` as DNS has it (RFC 3490): "xn--kln-sna.example" for "köln.example"."""

    local: str
    domain: str


def mailbox(address: str) -> Mailbox:
    """Raises ValueError, which says what to write instead, for whatever could be read as anything but one address."""
    local, _, domain = address.rpartition("@")
    # an encoded word (RFC 2047) would be decoded on its way, and may hide line breaks and other addresses
    if not address.isprintable() or "=?" in address or not _LOCAL.fullmatch(local) or not domain:
        raise ValueError("is no e-mail address; write one address, like name@example.org, and nothing else")
    if len(local.encode()) > LONGEST_LOCAL:
        raise ValueError(f"has more than {LONGEST_LOCAL} bytes before the @; no relay takes it, give another")
    found = Mailbox(local, _ascii(domain))
    if len(local.encode()) + 1 + len(found.domain) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} bytes; no relay takes it, give another")
    return found


def _ascii(domain: str) -> str:
    try:
        made = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        made = ""
    # looked at once more: the encoding makes an "@" of a wide one, and a dot of other full stops
    if len(made) > LONGEST_DOMAIN or not _DOMAIN.fullmatch(made):
        raise ValueError("has a domain that cannot exist; check what stands after the @, like example.org")
    return made


def comparable(address: str) -> str:
    """One text for all ways to write an address: its case says nothing, whatever RFC 5321 lets a host mean by it."""
    try:
        found = mailbox(address)
    except ValueError:
        return address.strip().casefold()
    return f"{unicodedata.normalize('NFC', found.local).casefold()}@{found.domain.lower()}"
