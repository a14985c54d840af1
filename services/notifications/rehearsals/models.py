"""Tables of rehearsals. They hold ids and codes; what a mail would say is put together when somebody asks for it."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class Rehearsal(Table, table=True):
    """One month to be rehearsed, and how far that is. `token` and `lease_until`: of the process that is at it."""

    __tablename__: ClassVar[str] = "rehearsal"

    rehearsal_id: UUID = Field(primary_key=True)
    month: date  # its first day
    policy: str | None  # YAML, as it was sent
    moves: list[dict[str, Any]] = Field(sa_type=JSONB)
    asked_by: str
    state: str  # waiting, running, done, failed
    fault: str | None = None
    done: int = 0
    total: int | None = None
    days: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    business_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # the moment that it began from
    token: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # system time


class RehearsedMail(Table, table=True):
    """A mail that would go. `changed`: under the other policy or dates; false: as things are."""

    __tablename__: ClassVar[str] = "rehearsed_mail"

    rehearsal_id: UUID = Field(primary_key=True)
    changed: bool = Field(primary_key=True)
    number: int = Field(primary_key=True)
    due_on: date
    not_before: datetime = Field(sa_type=TIMESTAMPTZ)  # business time
    person_id: str
    lists: list[dict[str, Any]] = Field(sa_type=JSONB)  # as schemas.Listed
