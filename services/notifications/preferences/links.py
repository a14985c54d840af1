"""Sealed links of one person: to stop one kind of mail, and to the page of all that can be chosen. Nobody signs in."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from services.notifications.preferences.categories import Stops
from shared.errors import FieldProblem, Invalid
from shared.sealing import Tokens

PATH, PREFERENCES = "unsubscribe", "preferences"  # of the portal's pages
_UNREADABLE = FieldProblem(
    "token", "is none of our links, or not the whole of one", "open the link from the mail again, or sign in"
)

M = TypeVar("M", bound=BaseModel)


class Stop(BaseModel):
    """Whose mails of which kind are to stop."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    stops: Stops


class Whose(BaseModel):
    """Whose mails can be chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str


class Links:
    """They end never: whoever finds an old mail may still stop the next ones. `keys`: the first seals, all open.

    The two are sealed for a purpose each, so that none can be taken for the other.
    """

    def __init__(self, keys: Sequence[str], public_url: str = "") -> None:
        self._stops = Tokens(keys, "gcm-pledges unsubscribe links")
        self._pages = Tokens(keys, "gcm-pledges preference links")
        self._base = public_url.rstrip("/")

    def unsubscribe_url(self, person_id: str, stops: Stops, at: datetime) -> str:
        """A page at GET, which changes nothing; at POST one click (RFC 8058). `at` is system time."""
        return f"{self._base}/{PATH}/{self._stops.token(Stop(person_id=person_id, stops=stops), at)}"

    def preferences_url(self, person_id: str, at: datetime) -> str:
        """`at` is system time."""
        return f"{self._base}/{PREFERENCES}/{self.preferences_token(person_id, at)}"

    def preferences_token(self, person_id: str, at: datetime) -> str:
        """`at` is system time."""
        return self._pages.token(Whose(person_id=person_id), at)

    def stop(self, token: str) -> Stop:
        """Raises Invalid for anything but a token as it was made, by one of the keys."""
        return _read(self._stops, token, Stop)

    def whose(self, token: str) -> str:
        """The person's id. Raises Invalid likewise."""
        return _read(self._pages, token, Whose).person_id


def _read(tokens: Tokens, token: str, model: type[M]) -> M:
    try:
        return tokens.read(token, model)
    except ValueError:
        raise Invalid("This link cannot be read; nothing was changed.", [_UNREADABLE]) from None
