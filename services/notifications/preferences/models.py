"""What a person turned off."""

from datetime import datetime
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
