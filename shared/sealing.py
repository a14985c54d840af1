"""Encryption with keys that can be replaced: what leaves us and comes back, and only we can read or make."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from typing import Annotated

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from shared.settings import LOCAL_SECRET

SHORTEST_KEY = 32  # characters, in production


def _split(value: object) -> object:
    return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


# in the environment: newest,older; a new key is put in front
Keys = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


def unsafe(variable: str, keys: Sequence[str]) -> list[str]:
    """Why production refuses these keys."""
    return list(_unsafe(variable, keys))


def _unsafe(variable: str, keys: Sequence[str]) -> Iterator[str]:
    if any(LOCAL_SECRET in key for key in keys):
        yield f"{variable} holds a local secret"
    if any(len(key) < SHORTEST_KEY for key in keys):
        yield f"{variable} holds a key of fewer than {SHORTEST_KEY} characters"


def sealing(keys: Sequence[str], purpose: str) -> MultiFernet:
    """`keys` are secrets of any form: the first one seals, all open. What has another purpose cannot be opened.

    Raises ValueError without a key.
    """
    if not keys:
        raise ValueError(f"no key to seal {purpose} with: give a secret of at least {SHORTEST_KEY} random characters")
    return MultiFernet([Fernet(_fernet_key(key, purpose)) for key in keys])


def _fernet_key(key: str, purpose: str) -> bytes:
    return urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key.encode()))
