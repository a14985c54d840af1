"""Sealed links with which one person stops one kind of mail, without signing in."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.notifications.preferences.categories import Category
from shared.errors import FieldProblem, Invalid
from shared.sealing import Tokens

PATH = "unsubscribe"  # of the portal's page
_UNREADABLE = FieldProblem(
    "token", "is none of our links, or not the whole of one", "open the link from the mail again, or sign in"
)


class Stop(BaseModel):
    """Whose mails of which kind are to stop."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    stops: Category


class Links:
    """They end never: whoever finds an old mail may still stop the next ones. `keys`: the first seals, all open."""

    def __init__(self, keys: Sequence[str], public_url: str = "") -> None:
        self._tokens = Tokens(keys, "gcm-pledges unsubscribe links")
        self._base = f"{public_url.rstrip('/')}/{PATH}/"

    def unsubscribe_url(self, person_id: str, category: Category, at: datetime) -> str:
        """A page at GET, which changes nothing; at POST one click (RFC 8058). `at` is system time."""
        return self._base + self._tokens.token(Stop(person_id=person_id, stops=category), at)

    def stop(self, token: str) -> Stop:
        """Raises Invalid for anything but a token as it was made, by one of the keys."""
        try:
            return self._tokens.read(token, Stop)
        except ValueError:
            raise Invalid("This link cannot be read; nothing was changed.", [_UNREADABLE]) from None
