"""What stands in the link of an invitation, sealed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.pledges.progress.sealing import Seal
from shared.errors import FieldProblem

_UNREADABLE = FieldProblem(
    "token",
    "is no invitation of ours, or not the whole of one",
    "open the link from the mail again, or ask for a new invitation",
)


class Ticket(BaseModel):
    """Lets whoever holds it and signs in become a member, once."""

    model_config = ConfigDict(frozen=True)

    purpose: Literal["invitation"] = "invitation"
    invitation_id: UUID
    round: int


def sealed(seal: Seal, invitation_id: UUID, sent: int, at: datetime) -> str:
    """`at` is system time."""
    return seal.token(Ticket(invitation_id=invitation_id, round=sent), at)


def opened(seal: Seal, token: str) -> Ticket:
    """Raises Invalid for anything but a ticket as it was made."""
    return seal.read(token, Ticket, _UNREADABLE)
