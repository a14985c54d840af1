"""Tables of the search: a document for each public pledge, and which documents have which code."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, BIT
from sqlmodel import Field

from services.pledges.tables import Table

SIZE = 32_000  # documents of a chunk: two rows of so many bits fill a page of PostgreSQL
RULES = 2  # counts what documents are made by; those made by others are made anew (index.catch_up)


class SearchDocument(Table, table=True):
    """A public pledge as it is listed and found. Lists go by `ordinal`: the order of first publication."""

    __tablename__: ClassVar[str] = "search_document"

    ordinal: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True))
    pledge_id: UUID
    item: str  # schemas.PublicItem as JSON, stored ready
    codes: list[str] = Field(sa_type=ARRAY(Text))
    rules: int


class SearchBits(Table, table=True):
    """Which documents of a chunk have a code: the bit at ordinal % SIZE, the first one on the left."""

    __tablename__: ClassVar[str] = "search_bits"

    code: str = Field(primary_key=True)
    chunk: int = Field(primary_key=True)
    bits: str = Field(sa_type=BIT(SIZE))


class SearchChange(Table, table=True):
    """What changed in a document and is not in the bits yet: writers of different pledges never wait for each other."""

    __tablename__: ClassVar[str] = "search_change"

    change_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    ordinal: int
    added: list[str] = Field(sa_type=ARRAY(Text))
    removed: list[str] = Field(sa_type=ARRAY(Text))
