"""Tables of what is to be mailed. No row holds an address, a name or a text that somebody wrote: ids and codes only."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notifications.tables import Table
from shared.db import TIMESTAMPTZ


class Mailing(Table, table=True):
    """That a step calls for a mail of one kind; who gets it is asked afterwards, outside the event's transaction.

    Unique for ever by (cause, template): the same event again calls for nothing. `people` is how many were found.
    """

    __tablename__: ClassVar[str] = "mailing"

    id: UUID = Field(primary_key=True)
    cause: str
    template: str
    entity_id: str
    pledge_id: UUID | None
    facts: dict[str, Any] = Field(sa_type=JSONB)
    state: str  # open, done
    people: int | None = None
    attempts: int = 0
    next_try_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    lease_token: UUID | None = None
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class Delivery(Table, table=True):
    """One e-mail to one person. Unique for ever by (cause, person_id, template)."""

    __tablename__: ClassVar[str] = "delivery"

    id: UUID = Field(primary_key=True)
    cause: str  # event:<id> or reminder:<milestone>:<offset>:<due_on>
    person_id: str  # or that of the handover, invitation or report by which the pledges service knows them
    whose: str | None = None  # the person that it went to, where `person_id` is none
    template: str
    entity_id: str | None
    pledge_id: UUID | None
    facts: dict[str, Any] = Field(sa_type=JSONB)
    state: str
    reason: str | None = None
    not_before: datetime | None = Field(sa_type=TIMESTAMPTZ)  # business time
    # system time; null while a reminder's list of pledges is being put together
    next_try_at: datetime | None = Field(sa_type=TIMESTAMPTZ)
    attempts: int = 0
    lease_token: UUID | None = None
    lease_until: datetime | None = Field(sa_type=TIMESTAMPTZ)  # system time
    message_id: str | None = None
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
    sent_at: datetime | None = Field(sa_type=TIMESTAMPTZ)  # system time
