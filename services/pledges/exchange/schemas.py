"""Imports as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.pledges.entities.schemas import EntityId
from services.pledges.exchange.files import LARGEST_FILE, Format, Layout
from services.pledges.exchange.lifecycle import State
from services.pledges.exchange.separated import ENCODINGS
from services.pledges.plain import Flag, Whole
from services.pledges.registry.content import Strict
from shared.web.text import Line

Encoding = Literal[ENCODINGS]  # type: ignore[valid-type]
RowState = Literal["good", "bad", "known", "made"]


class NewImport(Strict):
    """A file that is to be sent, in parts, and what its rows are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "pledges.csv", "size": 1200, "entity_id": "veridia"}]}
    )

    name: Annotated[Line, Field(min_length=1, max_length=200, pattern=r"(?i)\.(csv|xlsx|xlsm|json)$")]
    size: Whole = Field(ge=1, le=LARGEST_FILE, description="Bytes")
    entity_id: EntityId | None = Field(
        default=None, description="For whom, where a row names nobody; needed unless these are statements"
    )
    statements: Flag = Field(default=False, description="For staff: public statements, each with its sources")
    submit: Flag = Field(default=False, description="Submit at once what would be drafts else")


class ImportCheck(Strict):
    """Anything but the defaults is for a file that was misread."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    encoding: Encoding | None = Field(default=None, description="Of a CSV file; it is found out if it is not named")


class FaultView(BaseModel):
    address: str = Field(description="The cell, or the place in the document", examples=["D17"])
    field: str = Field(examples=["period.end"])
    problem: str
    remedy: str


class Import(BaseModel):
    """An import and how far it is. Counts are of rows: `known` ones are there already, and make nothing."""

    import_id: UUID
    name: str
    format: Format
    size: int
    entity_id: str | None
    statements: bool
    submit: bool
    encoding: str | None
    layout: Layout | None
    state: State
    notes: list[str]
    fault: FaultView | None = Field(description="Why the file as a whole cannot be read")
    rows: int
    good: int
    bad: int
    known: int
    made: int
    created_at: datetime
    updated_at: datetime
    received: int = Field(description="Bytes that have arrived")
    part_size: int = Field(description="Bytes of each part but the last")


class ImportPage(BaseModel):
    items: list[Import]
    next: str | None


class Row(BaseModel):
    """A pledge of the file, and what is wrong with it, cell by cell."""

    number: int
    place: str
    state: RowState
    faults: list[FaultView]
    pledge_id: UUID | None


class RowPage(BaseModel):
    items: list[Row]
    next: str | None


class PartReceived(BaseModel):
    received: int


def part_body() -> dict[str, Any]:
    """Of a request that sends a part: bytes."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": schema}}}}
