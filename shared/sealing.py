"""Encryption with keys that can be replaced: what leaves us and comes back, and only we can read or make."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, BeforeValidator
from pydantic_settings import NoDecode

from shared.settings import LOCAL_SECRET

SHORTEST_KEY = 32  # characters, in production


M = TypeVar("M", bound=BaseModel)


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


class Tokens:
    """Models sealed to stand in an address: letters, digits, - and _ only. `purpose`: as of `sealing`."""

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        self._fernet = sealing(keys, purpose)

    def token(self, sealed: BaseModel, at: datetime) -> str:
        """`at` is system time."""
        made = self._fernet.encrypt_at_time(sealed.model_dump_json().encode(), int(at.timestamp()))
        return made.decode().rstrip("=")

    def read(self, token: str, model: type[M]) -> M:
        """What was sealed, if it is such a `model`. Raises ValueError for anything else."""
        try:
            return model.model_validate_json(self._fernet.decrypt(_padded(token)))
        except InvalidToken:
            raise ValueError("sealed by none of these keys") from None


def _padded(token: str) -> str:
    """As Fernet wants it. Raises ValueError for what its decoder would pass over: bits and signs that say nothing."""
    padded = token + "=" * (-len(token) % 4)
    if "=" in token or urlsafe_b64encode(urlsafe_b64decode(padded)).decode() != padded:
        raise ValueError("not as it was made")
    return padded
