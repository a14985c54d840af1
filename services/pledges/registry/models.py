"""Tables of the pledge. What is worked on and what is public are two tables: public routes read only the second."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.pledges.tables import Table

Moment = DateTime(timezone=True)


class Pledge(Table, table=True):
    """The working copy: nothing in this table is public. Every write of a pledge changes or locks its row here.

    `working_state` None: nothing is under way, the content is what is public. `public_state` None: never published.
    """

    __tablename__: ClassVar[str] = "pledge"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    revision: int  # every saved edit and step; the ETag
    working_state: str | None = None  # draft, submitted, changes_requested
    public_state: str | None = None  # published, closed
    title: str
    content: str = Field(sa_type=Text)  # JSON of schemas.PledgeContent
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)  # the last time, business time
    created_at: datetime = Field(sa_type=Moment)  # business time, as all but recorded_at
    updated_at: datetime = Field(sa_type=Moment)


class PublicPledge(Table, table=True):
    """What everybody may see of a pledge, from its first publication on. Written only with an event of `gcm.pledges`.

    Whoever writes it holds its row's lock, and so the order of these events: `sequence` +1 for each. `revision` is that
    of the working copy when it was published or closed: the ETag does not tell that an amendment is being written.
    """

    __tablename__: ClassVar[str] = "pledge_public"

    pledge_id: UUID = Field(primary_key=True)
    entity_id: str
    revision: int
    version: int  # counts what was published
    sequence: int
    state: str  # published, closed
    closed_reason: str | None = None
    kind: str
    title: str
    review_cycle: str | None = None  # the cycle in whose context it was made (¶77)
    first_published_at: datetime = Field(sa_type=Moment)
    published_at: datetime = Field(sa_type=Moment)
    status: str | None = None  # as last reported
    last_reported_at: datetime | None = Field(default=None, sa_type=Moment)
    reports: int = 0
    document: str = Field(sa_type=Text)  # JSON of shared.events.pledges.PledgeSnapshot, ready to be sent


class PledgeFacet(Table, table=True):
    """Public pledges by objective and by form, in the order of lists.

    A table and not an array with an index: a code that only old pledges have is found as fast as any other.
    """

    __tablename__: ClassVar[str] = "pledge_facet"

    code: str = Field(primary_key=True)  # "objective-7", "policy": the codes of both lists are distinct
    first_published_at: datetime = Field(primary_key=True, sa_type=Moment)
    pledge_id: UUID = Field(primary_key=True)


class PledgeVersion(Table, table=True):
    """Append only: each version as it was published. The application cannot change it."""

    __tablename__: ClassVar[str] = "pledge_version"

    pledge_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    published_at: datetime = Field(sa_type=Moment)
    document: str = Field(sa_type=Text)


class PledgeHistory(Table, table=True):
    """Append only: every saved edit and every step. The application cannot change it.

    The public sees the actions in lifecycle.PUBLIC_ACTIONS, and of these never `person_id`, `asked` or `content`.
    """

    __tablename__: ClassVar[str] = "pledge_history"

    pledge_id: UUID = Field(primary_key=True)
    step_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    revision: int
    version: int | None = None  # of public steps
    action: str
    person_id: str
    role: str  # in which they acted: focal_point, delegate, network_staff
    at: datetime = Field(sa_type=Moment)  # business time
    recorded_at: datetime = Field(sa_type=Moment)  # system time
    fields: list[str] = Field(sa_type=ARRAY(Text))  # that differ from before
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)  # of public steps, such as a closing's reason
    asked: list[dict[str, str]] | None = Field(default=None, sa_type=JSONB)  # what staff asked, field by field
    content: str | None = Field(default=None, sa_type=Text)  # what was saved


class PledgeSupport(Table, table=True):
    """Projection of `gcm.support`: what the public may know of requests for support. Never touches the pledge."""

    __tablename__: ClassVar[str] = "pledge_support"

    request_id: UUID = Field(primary_key=True)
    pledge_id: UUID
    status: str
    sequence: int
