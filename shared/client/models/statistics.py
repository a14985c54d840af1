"""Statistics. Every figure has its denominator beside it; names are in English."""

from datetime import date

from shared.client.models.base import Received
from shared.client.models.entities import EntityRef


class Value(Received):
    code: str
    name: str
    pledges: int


class Axis(Received):
    dimension: str
    several: bool
    values: list[Value]


class Cell(Received):
    row: str
    column: str
    pledges: int


class Statistics(Received):
    says: str
    on: date
    pledges: int
    rows: Axis
    columns: Axis | None
    cells: list[Cell]


class Covered(Received):
    of: int
    covered: int
    gaps: list[str]
    values: list[Value]


class Coverage(Received):
    says: str
    pledges: int
    objectives: Covered
    principles: Covered
    commitments: Covered


class Voices(Received):
    cycle: str
    denominator: int
    reported: int
    silent: int


class Profile(Received):
    says: str
    entity: EntityRef
    pledges: int
    withdrawn: int
    merged: int
    states: list[Value]
    statuses: list[Value]
    objectives: list[Value]
    reviews: list[Voices]
    partners: list[Value]
    partners_named: int
    partner_in: int
    support: dict[str, int]
