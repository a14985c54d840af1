"""Tables of the conversation about a request. Texts stand in `message` only, which is append-only by grants."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.network_support.conversation.lifecycle import Channel, Outcome, Sender
from services.network_support.tables import Table
from shared.db import TIMESTAMPTZ


class Message(Table, table=True):
    """One thing that was said. `at` is business time, `recorded_at` system time."""

    __tablename__: ClassVar[str] = "message"

    request_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)  # from 1, without gaps
    sender: Sender = Field(sa_type=Text)
    internal: bool = False  # a note: staff alone read it
    asks: bool = False  # staff need to know something before they can go on
    text: str
    quoted: str | None = None  # what an answer by mail repeats of earlier mails
    language: str | None = None  # None: a mail does not say
    channel: Channel = Field(sa_type=Text)
    person: str | None = None  # who, for the record; of a mail, whose reply address it came to. No API shows it
    elsewhere: bool = False  # the mail's From is not the address that the person has given
    left_out: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)  # files of a mail that were not taken
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)


class ReplyAddress(Table, table=True):
    """Where one person's answers about one request arrive. The address itself is never stored: see addresses.py."""

    __tablename__: ClassVar[str] = "reply_address"

    address_id: bytes = Field(primary_key=True)
    request_id: UUID
    person: str
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class MailIn(Table, table=True):
    """What became of a mail that arrived, once for each of our addresses in it; nothing of what it says or of whom."""

    __tablename__: ClassVar[str] = "mail_in"

    mail_id: UUID = Field(primary_key=True)
    fingerprint: bytes  # of Message-ID, content and address: the same mail again changes nothing
    outcome: Outcome = Field(sa_type=Text)
    detail: str | None = None  # a code
    request_id: UUID | None = None
    number: int | None = None  # of the message that it became
    address_id: bytes | None = None  # which of ours it came to
    answered: bool = False  # its sender is told by mail what became of it
    size: int
    via: str  # endpoint, mailbox
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
