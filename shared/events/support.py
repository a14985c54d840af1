"""Requests for support: the public topic `gcm.support` and the internal `gcm.support.workflow`."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events.common import Change, Sequence
from shared.events.envelope import Data


class SupportSnapshot(Data):
    """All that the public sees of a request (¶73)."""

    request_id: UUID
    sequence: int = Sequence
    pledge_id: UUID
    status: Literal["requested", "matched", "delivered", "withdrawn"]


class SupportEvent(Data):
    support: SupportSnapshot
    change: Change


class RequestStep(Data):
    """A step in the life of a request: ids and states only."""

    request_id: UUID
    pledge_id: UUID
    entity_id: str
    state: Literal["submitted", "refused", "acknowledged", "withdrawn"]
    revision: int = Field(ge=1)


class RequestMoved(Data):
    """Any later step; its name is the event's. Ids and states only."""

    request_id: UUID
    pledge_id: UUID
    entity_id: str
    state: Literal[
        "draft",
        "pending_pledge",
        "refused",
        "submitted",
        "acknowledged",
        "triage",
        "needs_info",
        "accepted",
        "redirected",
        "declined",
        "merged",
        "matching",
        "matched",
        "delivering",
        "delivered",
        "confirmed",
        "closed",
        "withdrawn",
    ] = Field(description="After the step")
    by: Literal["entity", "network_staff", "system"] = Field(description="The role, never the person")
    revision: int = Field(ge=1)


class RequestMessage(Data):
    """Something was said about a request. What, the network_support service tells; ids only."""

    request_id: UUID
    pledge_id: UUID
    entity_id: str
    number: int = Field(ge=1)


class MailNotTaken(Data):
    """A mail about a request was not taken, or not all of it. Whom to tell so, the network_support service tells."""

    request_id: UUID
    pledge_id: UUID
    entity_id: str
    mail_id: UUID
    reason: Literal["too_large", "broken", "expired", "files_left_out"]
