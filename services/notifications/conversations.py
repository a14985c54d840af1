"""What was said about a request, asked of network_support at the moment of sending, and where it is answered by mail.

Nothing of what it answers is stored.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.asking import Asking
from shared.errors import Unavailable


@dataclass(frozen=True)
class Said:
    """A message to one person, None: to nobody any more. `text` None: there is none for them, or it is about none."""

    person_id: str | None
    reply_to: str = field(repr=False)
    text: str | None = field(default=None, repr=False)
    asks: bool = False


class _Mailed(BaseModel):
    person_id: str | None
    text: str | None
    asks: bool = False
    reply_to: str


class Conversations:
    """Client of network_support. Raises Unavailable while it cannot answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def said(
        self, request_id: str, number: int | None, person_id: str | None = None, mail_id: str | None = None
    ) -> Said:
        """`number` of the message; None: only where the person's answers arrive.

        Without a person: to whom the mail `mail_id` is answered or, without one, to who asked for support.
        """
        asked: dict[str, Any] = {"request_id": request_id, "number": number, "person_id": person_id, "mail_id": mail_id}
        try:
            found = _Mailed.model_validate(await self._asking.post("/messages/resolve", asked))
        except ValidationError:  # its text would hold what was answered
            raise Unavailable("network_support answers something that is no message.") from None
        return Said(found.person_id, found.reply_to, found.text, found.asks)
