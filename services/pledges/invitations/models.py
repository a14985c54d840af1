"""The table of invitations."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class Invitation(Table, table=True):
    """That somebody, by address, may become a member. The address is there as long as it is open, and no longer."""

    __tablename__: ClassVar[str] = "invitation"

    invitation_id: UUID = Field(primary_key=True)  # version 7: keys sort by the time they were made
    entity_id: str
    role: str
    since: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)  # of the membership, business time
    until: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    language: str
    address: str | None = None
    invited_by: str  # a person
    by: str  # entity, network_staff
    state: str  # open, used, revoked, expired
    round: int = 1  # how often it was sent: only the newest link is good
    made_at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time, as the next one
    expires_at: datetime = Field(sa_type=TIMESTAMPTZ)
