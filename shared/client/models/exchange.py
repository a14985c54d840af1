"""Imports of files."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Received, Sent


class NewImport(Sent):
    name: str
    size: int
    entity_id: str | None = None
    statements: bool = False
    submit: bool = False


class ImportCheck(Sent):
    encoding: str | None = None


class FaultView(Received):
    address: str
    field: str
    problem: str
    remedy: str


class Import(Received):
    """Counts are of rows. `part_size`: bytes of each part of the file but the last."""

    import_id: UUID
    name: str
    format: str
    size: int
    entity_id: str | None
    statements: bool
    submit: bool
    encoding: str | None
    layout: str | None
    state: str
    notes: list[str]
    fault: FaultView | None
    rows: int
    good: int
    bad: int
    known: int
    made: int
    created_at: datetime
    updated_at: datetime
    received: int
    part_size: int

    @property
    def at_work(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in {"checking", "importing"}


class Row(Received):
    number: int
    place: str
    state: str
    faults: list[FaultView]
    pledge_id: UUID | None


class PartReceived(Received):
    received: int
