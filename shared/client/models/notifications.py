"""Deliveries and reminders: ids, codes and times, never an address."""

from datetime import date, datetime
from uuid import UUID

from shared.client.models.base import Received, Sent


class Delivery(Received):
    id: UUID
    template: str
    cause: str
    person_id: str
    entity_id: str | None
    pledge_id: UUID | None
    state: str
    reason: str | None
    attempts: int
    not_before: datetime | None
    created_at: datetime
    sent_at: datetime | None


class Reminder(Received):
    pledge_id: UUID
    entity_id: str
    milestone: str
    offset_days: int
    due_on: date
    state: str
    reason: str | None
    updated_at: datetime


class Invitation(Received):
    offset_days: int
    due_on: date
    reminders: int
    overdue: bool


class Moved(Received):
    """What a move would do to the reminders that have not gone out."""

    starts: str
    kept: int
    dropped: int
    planned: list[Invitation]


class Summary(Received):
    """The invitations before one milestone."""

    milestone: str
    pledges: int
    entities: int
    reminders: dict[str, int]
    moved: Moved | None


class MailKind(Received):
    template: str
    audience: str


class MailLanguage(Received):
    language: str
    direction: str


class Previews(Received):
    kinds: list[MailKind]
    languages: list[MailLanguage]


class Preview(Received):
    sample: bool
    template: str
    audience: str
    language: str
    direction: str
    subject: str
    text: str
    html: str


class Held(Sent):
    """A link from a mail, as it stood there."""

    token: str


class Stopping(Received):
    """One kind of mail to whoever got the link; off since then, or on. `preferences` opens all that they can choose."""

    category: str
    off_since: datetime | None
    preferences: str


class Choice(Sent):
    """Which mails somebody wants, and when; `weekday` for weekly, both hours ("20:00") or none."""

    off: list[str]
    rhythm: str
    weekday: str | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None


class HeldChoice(Choice):
    token: str


class Preferences(Received):
    """What is chosen now. `language` and `time_zone` are those of the person's contact, None where it is not known."""

    off: list[str]
    rhythm: str
    weekday: str | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None
    language: str | None
    time_zone: str | None
    on_duty: bool


class Suppression(Received):
    """An address of one person that is written to no more, or is again."""

    id: UUID
    person_id: str
    role: str
    entity_ids: list[str]
    reason: str
    status: str
    delivery_id: UUID
    created_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_because: str | None


class Lifting(Sent):
    because: str
