"""Keyed hashes of addresses: equal for equal addresses, and nothing to those without the key."""

from collections.abc import Sequence
from hashlib import sha256
from hmac import digest as hmac

from shared.addresses import comparable

_PURPOSE = b"gcm-pledges suppressed address\n"


class Hashing:
    """`keys`: newest first. An address is looked for under all, and kept under the newest one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in keys]

    def of(self, address: str) -> list[bytes]:
        said = _PURPOSE + comparable(address).encode()
        return [hmac(key, said, sha256) for key in self._keys]
