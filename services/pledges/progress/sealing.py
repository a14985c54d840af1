"""Tokens of action links: made and read by us alone, and good for one act of one person on one pledge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.errors import FieldProblem, Invalid
from shared.sealing import M, Tokens

_UNREADABLE = FieldProblem(
    "token", "is none of our links, or not the whole of one", "open the link from the mail again, or sign in and report"
)


class Grant(BaseModel):
    """What a token allows whoever holds it. `until` is system time: nobody moves it."""

    model_config = ConfigDict(frozen=True)

    purpose: Literal["report"] = "report"
    link_id: UUID
    person_id: str
    pledge_id: UUID
    entity_id: str | None = None  # in whose name, a partner’s; none: the pledge’s own entity
    until: datetime


class Seal:
    """Encrypts and authenticates grants (Fernet), each of which says what it is for.

    `keys` are secrets of any form: the first seals, all open.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("GCM_LINK_KEYS is empty: give a secret of at least 32 random characters")
        self._tokens = Tokens(keys, "gcm-pledges action links")

    def token(self, grant: BaseModel, at: datetime) -> str:
        """Letters, digits, - and _ only, to stand in an address. `at` is system time."""
        return self._tokens.token(grant, at)

    def grant(self, token: str) -> Grant:
        """Raises Invalid for anything but a token as it was made, by one of the keys. It may have expired."""
        return self.read(token, Grant, _UNREADABLE)

    def read(self, token: str, model: type[M], unreadable: FieldProblem) -> M:
        """What was sealed, if it is such a `model`. Raises Invalid with `unreadable` for anything else."""
        try:
            return self._tokens.read(token, model)
        except ValueError:
            raise Invalid("This link cannot be read; nothing was recorded.", [unreadable]) from None
