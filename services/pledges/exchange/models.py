"""Tables of imports. A file and its rows are dropped some time after; what was made of them stays known for good."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Text
from sqlmodel import Field

from services.pledges.exchange.files import Format
from services.pledges.exchange.lifecycle import State
from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class ImportJob(Table, table=True):
    """A file that somebody sends, and how far the work on it is.

    `roles` are those of the token of whoever ordered the work; memberships are asked for anew with each batch. `fence`
    counts the processes that took the work: one that lost it to another can write nothing more.
    """

    __tablename__: ClassVar[str] = "import_job"

    import_id: UUID = Field(primary_key=True)
    person_id: str
    roles: list[str] = Field(sa_type=ARRAY(Text))
    statements: bool
    entity_id: str | None = None
    submit: bool
    name: str
    format: Format = Field(sa_type=Text)
    size: int
    encoding: str | None = None
    layout: str | None = None
    header: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    notes: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    fault: str | None = None
    state: State = Field(sa_type=Text)
    rows: int = 0
    good: int = 0
    bad: int = 0
    known: int = 0
    made: int = 0
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)
    updated_at: datetime = Field(sa_type=TIMESTAMPTZ)
    fence: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class ImportPart(Table, table=True):
    """A piece of the file, as it was sent."""

    __tablename__: ClassVar[str] = "import_part"

    import_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes


class ImportRow(Table, table=True):
    """A pledge of the file. `wish` is what is to be made, `raw` what came, where it is to be mended; both JSON.

    `refers`: it names what may not be there any more when it is made.
    """

    __tablename__: ClassVar[str] = "import_row"

    import_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    place: str
    state: str
    entity_id: str | None = None
    key: str | None = None
    digest: bytes | None = None
    refers: bool = True
    wish: str | None = None
    raw: str | None = None
    faults: str
    pledge_id: UUID | None = None


class Imported(Table, table=True):
    """Append only: which pledge was made of what, by entity and external id or content."""

    __tablename__: ClassVar[str] = "imported"

    entity_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: bytes
    pledge_id: UUID
