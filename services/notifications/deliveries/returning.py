"""The return path of a mail (RFC 5321, MAIL FROM): by it a bounce names the delivery, and nobody else can."""

import re
from base64 import b32decode, b32encode
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac
from uuid import UUID

from shared.addresses import comparable

_PURPOSE = b"gcm-pledges return path\n"
_ID, _MAC = 26, 16  # characters in base 32, which survives hosts that change the case: 128 and 80 bits
_TOKEN = re.compile(rf"\+([a-z2-7]{{{_ID}}})([a-z2-7]{{{_MAC}}})@", re.IGNORECASE)


class ReturnPath:
    """`mailbox`: "bounces@mail.example", where all of them arrive. `keys`: the first signs, all are accepted.

    Signed is the address that the mail went to, too, so that it need not be kept to tell a report about another one.
    """

    def __init__(self, keys: Sequence[str], mailbox: str) -> None:
        if not keys:
            raise ValueError("GCM_MAIL_KEYS is empty: give a secret of at least 32 random characters")
        self._keys = [key.encode() for key in keys]
        self._local, _, self._domain = mailbox.rpartition("@")

    def of(self, delivery_id: UUID, recipient: str) -> str:
        """58 characters before the @ at most, with a mailbox of 15; relays take 64."""
        token = _plain(delivery_id) + self._mac(self._keys[0], delivery_id, recipient)
        return f"{self._local}+{token.lower()}@{self._domain}"

    def delivery(self, path: str, recipient: str) -> UUID | None:
        """Whose return path it is, if that delivery went to `recipient`; None for whatever we did not sign."""
        found = _TOKEN.search(path)
        if found is None:
            return None
        delivery_id = UUID(bytes=b32decode(found[1].upper() + "======"))
        if _plain(delivery_id) != found[1].upper():  # its last character has bits that say nothing
            return None
        given = found[2].upper()
        signed = any(compare_digest(self._mac(key, delivery_id, recipient), given) for key in self._keys)
        return delivery_id if signed else None

    def _mac(self, key: bytes, delivery_id: UUID, recipient: str) -> str:
        said = _PURPOSE + delivery_id.bytes + comparable(recipient).encode()
        return b32encode(hmac(key, said, sha256)).decode()[:_MAC]


def _plain(delivery_id: UUID) -> str:
    return b32encode(delivery_id.bytes).decode().rstrip("=")
