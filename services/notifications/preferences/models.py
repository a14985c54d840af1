"""What a person turned off, when they want the rest, and of whom nothing is kept any more."""

from datetime import datetime, time
from typing import ClassVar

from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class MailPreference(Table, table=True):
    """One category of one person. Without a row it is on."""

    __tablename__: ClassVar[str] = "mail_preference"

    person_id: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    off_since: datetime | None = Field(sa_type=TIMESTAMPTZ)  # system time; null: on again


class MailRhythm(Table, table=True):
    """Of one person. Without a row each mail comes at once, at any hour."""

    __tablename__: ClassVar[str] = "mail_rhythm"

    person_id: str = Field(primary_key=True)
    rhythm: str  # at_once, daily, weekly
    weekday: int | None  # 1 is Monday; weekly
    quiet_from: time | None  # on the person's clock
    quiet_until: time | None
    changed_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class ErasedPerson(Table, table=True):
    """An opaque id that stands for nobody now: links in old mails have no end, and bounces come late.

    No choice of theirs is kept, and no hash of an address that comes back of mails from before, unless they are back.
    """

    __tablename__: ClassVar[str] = "erased_person"

    person_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
