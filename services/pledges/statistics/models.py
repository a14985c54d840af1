"""Tables of the statistics: what is counted, and what has changed since it was counted."""

from typing import ClassVar

from sqlalchemy import BigInteger, Column, Identity, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.pledges.tables import Table


class StatisticsDelta(Table, table=True):
    """A change of what a pledge is counted under. Added in the transaction of the change, and removed when counted."""

    __tablename__: ClassVar[str] = "statistics_delta"

    delta_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    before: list[str] = Field(sa_type=ARRAY(Text))
    after: list[str] = Field(sa_type=ARRAY(Text))


class StatisticsCell(Table, table=True):
    """How many pledges have both codes. `first` and `second` in the order of facts.DIMENSIONS, or the same code twice.

    The deltas that are still there belong to it: read both, through the function `statistics_pair`.
    """

    __tablename__: ClassVar[str] = "statistics_cell"

    first: str = Field(primary_key=True)
    second: str = Field(primary_key=True)
    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    pledges: int = Field(sa_type=BigInteger)


class StatisticsState(Table, table=True):
    """One row. `folded`: deltas counted so far; `shape`: that of facts.SHAPE by which they were."""

    __tablename__: ClassVar[str] = "statistics_state"

    single: bool = Field(default=True, primary_key=True)
    folded: int = Field(sa_type=BigInteger)
    shape: int
