"""The reminder plan, and the local copies of pledges and milestones that it is made from."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class Reminder(Table, table=True):
    """An invitation due for a pledge at an offset from a milestone. Unique by these and the day it is due on.

    `acted_on` is the day, in business time and UTC, on which it counts as sent, for the days between two reminders.
    """

    __tablename__: ClassVar[str] = "reminder"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pledge_id: UUID
    entity_id: str
    milestone: str
    offset_days: int
    due_on: date
    state: str
    reason: str | None = None
    acted_on: date | None = None
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    updated_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class ReminderDelivery(Table, table=True):
    """Which pledges a reminder mail lists: one mail to one person may list several.

    `entity_id` and `role`: for whom and as what the person gets it; null in old rows: as the pledge's focal point.
    """

    __tablename__: ClassVar[str] = "reminder_delivery"

    reminder_id: int = Field(sa_type=BigInteger, primary_key=True)
    delivery_id: UUID = Field(primary_key=True)
    entity_id: str | None = None
    role: str | None = None


class ContactLost(Table, table=True):
    """That staff were told of an entity whom nobody reaches, or who never reacts: once for a milestone."""

    __tablename__: ClassVar[str] = "contact_lost"

    entity_id: str = Field(primary_key=True)
    milestone: str = Field(primary_key=True)
    reason: str
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class KnownPledge(Table, table=True):
    """What reminders need of a public pledge: a projection of gcm.pledges, guarded by `sequence`."""

    __tablename__: ClassVar[str] = "known_pledge"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    title: str
    state: str
    review_cycle: str | None
    first_published_at: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    last_reported_at: datetime | None = Field(sa_type=TIMESTAMPTZ)  # business time
    partner_ids: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))  # those that do not dissent
    sequence: int
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class KnownMilestone(Table, table=True):
    """A projection of gcm.reviews, guarded by `sequence`. `starts` is as precise as is known: "2024-11"."""

    __tablename__: ClassVar[str] = "known_milestone"

    code: str = Field(primary_key=True)
    cycle: str
    cycle_opens: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    names: dict[str, str] = Field(sa_type=JSONB)
    starts: str
    tentative: bool
    reminders: bool
    sequence: int
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
