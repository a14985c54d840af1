"""What is said about a request for support, and what became of mails that arrived."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Received, Sent


class Noting(Sent):
    text: str
    language: str | None = None
    channel: str = "api"


class Writing(Noting):
    asks: bool = False


class LeftOut(Received):
    """A file of a mail that was not taken."""

    name: str
    problem: str
    remedy: str


class Message(Received):
    number: int
    sender: str
    internal: bool
    asks: bool
    text: str
    quoted: str | None
    language: str | None
    channel: str
    elsewhere: bool | None
    left_out: list[LeftOut]
    at: datetime


class MailLine(Received):
    mail_id: UUID
    outcome: str
    detail: str | None
    request_id: UUID | None
    number: int | None
    answered: bool
    size: int
    via: str
    recorded_at: datetime
