"""The policy of suggestions: weights.yaml, checked."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shared import policies

FILE = Path(__file__).parent / "weights.yaml"


class Points(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    objectives: int = Field(ge=0, le=1000)
    type: int = Field(ge=0, le=1000)
    region: int = Field(ge=0, le=1000)
    theme: int = Field(ge=0, le=1000)
    language: int = Field(ge=0, le=1000)
    pledge: int = Field(ge=0, le=1000)
    validity: int = Field(ge=0, le=1000)
    capacity: int = Field(ge=0, le=1000)
    conflict: int = Field(ge=0, le=1000)

    @property
    def most(self) -> int:
        """What an offer without a conflict can have."""
        return sum(getattr(self, name) for name in Points.model_fields if name != "conflict")


class Weights(BaseModel):
    """As the file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Points
    for_all: float = Field(ge=0, le=1)
    alike: float = Field(ge=0, le=1)
    valid_days: int = Field(ge=1, le=3660)
    least: float = Field(ge=0)
    most: int = Field(ge=1, le=100)


def load(file: Path = FILE) -> Weights:
    """Raises Faulty, with the line of each fault."""
    return policies.load(file, Weights)


@cache
def weights() -> Weights:
    return load()
