"""Statistics as the API gives them. Every figure has its denominator beside it, and the rule in words."""

from datetime import date

from pydantic import BaseModel, Field

from services.pledges.statistics.facts import Dimension
from shared.events.common import EntityRef

SAYS = (
    "Counted are all published pledges, also those that are closed since, but for withdrawn ones and those that were"
    " merged into another."
)


class Value(BaseModel):
    """A code of a dimension, with the pledges that have it."""

    code: str = Field(description='"none": the pledges that name none')
    name: str = Field(description="In English")
    pledges: int


class Axis(BaseModel):
    """One dimension of a table. Codes of the reference data are all here, with 0 where no pledge has them."""

    dimension: Dimension
    several: bool = Field(description="A pledge can have several of the codes: the figures add up to more than all")
    values: list[Value]


class Cell(BaseModel):
    row: str
    column: str
    pledges: int


class Statistics(BaseModel):
    """Pledges by one dimension or two. Pairs of codes that no pledge has are not among the cells."""

    says: str = Field(description="What is counted, in words")
    on: date = Field(description="The day of which regions and groups are taken")
    pledges: int = Field(description="The denominator: distinct pledges, each once")
    rows: Axis
    columns: Axis | None
    cells: list[Cell]


class Covered(BaseModel):
    """A list of codes, and which of them pledges name."""

    of: int = Field(description="The denominator: how many codes there are")
    covered: int = Field(description="How many of them at least one pledge names")
    gaps: list[str] = Field(description="Those that no pledge names")
    values: list[Value]


class Coverage(BaseModel):
    """Which objectives, principles and commitments of ¶51–77 are pledged for, and where the gaps are."""

    says: str
    pledges: int = Field(description="The denominator: distinct pledges, each once")
    objectives: Covered
    principles: Covered
    commitments: Covered


class Voices(BaseModel):
    """An entity's pledges of one review cycle. Silence is no failure (¶77)."""

    cycle: str
    denominator: int
    reported: int
    silent: int


class Profile(BaseModel):
    """What one entity pledged and how it goes. An entity without a pledge is just that, never silent."""

    says: str
    entity: EntityRef
    pledges: int = Field(description="The denominator of states, statuses and objectives")
    withdrawn: int = Field(description="Not counted")
    merged: int = Field(description="Not counted: they are the same as another")
    states: list[Value] = Field(description='"published", or the reason why it was closed')
    statuses: list[Value] = Field(description='"none": nobody has reported on it yet')
    objectives: list[Value]
    reviews: list[Voices]
    partners: list[Value] = Field(description="Named most often first, the code being the name; at most 20")
    partners_named: int = Field(description="How many different ones are named in all")
    partner_in: int = Field(description="Pledges of others that name it as a partner")
    support: dict[str, int] = Field(description="Its pledges for which support was requested, matched or delivered")


def values(found: dict[str, int], names: dict[str, str], listed: list[str]) -> list[Value]:
    """Those `listed`, also with 0, then what else was found, by code; `none` last."""
    others = sorted(found.keys() - set(listed), key=lambda code: (code == "none", code))
    return [Value(code=code, name=names.get(code, code), pledges=found.get(code, 0)) for code in [*listed, *others]]


def covered(found: list[Value]) -> Covered:
    codes = [value for value in found if value.code != "none"]
    gaps = [value.code for value in codes if not value.pledges]
    return Covered(of=len(codes), covered=len(codes) - len(gaps), gaps=gaps, values=found)
