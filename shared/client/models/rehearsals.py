"""Rehearsals of a month's mails, and pauses of mail. Names are there for staff; an address never is."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received, Sent


class MilestoneMove(Sent):
    """A milestone as if it began on another day."""

    milestone: str
    starts: str
    tentative: bool = False


class WantedRehearsal(Sent):
    """`policy` is another policy file, as text."""

    month: str
    policy: str | None = None
    moves: list[MilestoneMove] = Field(default_factory=list)


class RehearsedDay(Received):
    """What would happen of the reminders that are due on one day."""

    day: date
    changed: bool
    mails: int
    turned_off: int
    reminders: int
    sent: int
    nobody: int
    skipped: dict[str, int]


class Rehearsal(Received):
    """`state`: waiting, running, done, failed; `done` of `total` steps."""

    rehearsal_id: UUID
    month: str
    policy: str | None
    moves: list[MilestoneMove]
    state: str
    fault: str | None
    done: int
    total: int | None
    created_at: datetime
    business_at: datetime | None
    paused: bool
    days: list[RehearsedDay]


class RehearsedPledge(Received):
    """A pledge that a mail lists, and why: the milestone, and the days from it."""

    pledge_id: UUID
    entity_id: str
    role: str
    milestone: str
    offset_days: int


class RehearsedMail(Received):
    number: int
    changed: bool
    due_on: date
    leaves_at: datetime
    entities: list[str]
    roles: list[str]
    name: str | None
    lists: list[RehearsedPledge]


class RehearsedLanguage(Received):
    language: str
    subject: str
    text: str


class RehearsedText(Received):
    """One mail in each language; `language` is its reader's, for staff."""

    mail: RehearsedMail
    language: str | None
    fault: str | None
    says: list[RehearsedLanguage]


class RehearsalDifference(Received):
    """`kind`: only_as_is, only_changed, lists_other."""

    due_on: date
    kind: str
    as_is: RehearsedMail | None
    changed: RehearsedMail | None


class NewPause(Sent):
    """`category`: all, reminders, pledges, support, desk, people."""

    category: str
    reason: str


class Pause(Received):
    pause_id: UUID
    category: str
    reason: str
    begun_by: str
    begun_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    skipped: int | None
    waiting: int = 0
