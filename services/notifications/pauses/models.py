"""That mail is paused: by whom, why, and since when; ended ones stay, as what happened."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Text
from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class MailPause(Table, table=True):
    """Of one category, once at a time, or of all. `templates` are the mails that it holds back; null: every one."""

    __tablename__: ClassVar[str] = "mail_pause"

    pause_id: UUID = Field(primary_key=True)
    category: str
    templates: list[str] | None = Field(sa_type=ARRAY(Text))
    reason: str
    begun_by: str
    begun_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # system time
    skipped: int | None = None
