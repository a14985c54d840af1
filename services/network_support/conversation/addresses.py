"""Reply addresses: `reply+<token>@domain`, one for each person and request, made and read by us alone.

The part before the @ has at most 64 bytes (RFC 5321, 4.5.3.1.1), and some systems change its case. So the token is
short and of one case: the number of a row, and a keyed hash (HMAC) of what the row says. Nobody can make one up, and
nobody who reads the table can tell an address from it.
"""

import hmac
import re
import secrets
from base64 import b32decode, b32encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.network_support.conversation.models import ReplyAddress

ID, MAC = 10, 15  # bytes: together 40 letters of base 32, without a remainder
MOST = 20  # addresses that are looked at in one mail
_PREFIX = "reply+"


@dataclass(frozen=True)
class Token:
    """As it came: its row, if there is one, tells whether it is ours."""

    address_id: bytes
    mac: bytes


class ReplyAddresses:
    """`keys` are secrets of any form: the first makes, all are known."""

    def __init__(self, keys: Sequence[str], domain: str) -> None:
        if not keys:
            raise ValueError("GCM_REPLY_KEYS is empty: give a secret of at least 32 random characters")
        self._keys = [_derived(key) for key in keys]
        self._domain = domain.lower()
        self._pattern = re.compile(rf"{re.escape(_PREFIX)}([a-z2-7]{{40}})@{re.escape(self._domain)}\b", re.IGNORECASE)

    def new_id(self) -> bytes:
        return secrets.token_bytes(ID)

    def address(self, row: ReplyAddress) -> str:
        token = b32encode(row.address_id + self._mac(self._keys[0], row)).decode().lower()
        return f"{_PREFIX}{token}@{self._domain}"

    def found(self, headers: Iterable[str]) -> list[Token]:
        """What looks like one of ours, each once, at most MOST of them."""
        found: dict[str, None] = {}
        for header in headers:
            for match in self._pattern.finditer(header):
                found.setdefault(match[1].upper())
                if len(found) >= MOST:
                    return [_token(one) for one in found]
        return [_token(one) for one in found]

    def made(self, token: Token, row: ReplyAddress) -> bool:
        """Whether this token is the one that was made for the row."""
        return any(hmac.compare_digest(token.mac, self._mac(key, row)) for key in self._keys)

    def mark(self, *parts: str | bytes | UUID) -> bytes:
        """A keyed hash: the same for the same parts, and nothing to whoever has no key."""
        return self._hash(self._keys[0], b"mark", *parts)

    def _mac(self, key: bytes, row: ReplyAddress) -> bytes:
        return self._hash(key, b"address", row.address_id, row.request_id, row.person)[:MAC]

    @staticmethod
    def _hash(key: bytes, *parts: str | bytes | UUID) -> bytes:
        digest = hmac.new(key, digestmod=sha256)
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode()
            digest.update(len(raw).to_bytes(8) + raw)
        return digest.digest()


def _derived(key: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"gcm-pledges reply addresses").derive(key.encode())


def _token(text: str) -> Token:
    raw = b32decode(text)
    return Token(raw[:ID], raw[ID:])
