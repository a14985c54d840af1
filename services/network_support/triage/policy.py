"""The assignment policy: assignment.yaml, checked."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.network_support.requests.lifecycle import Type
from services.network_support.requests.schemas import Language
from services.network_support.triage.lifecycle import Kind
from services.network_support.triage.places import Objective, Region
from shared import policies

FILE = Path(__file__).parent / "assignment.yaml"

Trait = Literal["region", "language", "objective"]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Only(Strict):
    """The cases that a rule is for; an empty list does not narrow."""

    kinds: tuple[Kind, ...] = ()
    types: tuple[Type, ...] = ()
    regions: tuple[Region, ...] = ()
    languages: tuple[Language, ...] = ()
    objectives: tuple[Objective, ...] = ()


class Rule(Strict):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    match: Annotated[tuple[Trait, ...], Field(min_length=1)]
    only: Only = Only()


class Policy(Strict):
    """As the file says."""

    automatic: bool
    most_open: int = Field(ge=1, le=10_000)
    soon_hours: int = Field(ge=1, le=1000)
    opened_minutes: int = Field(default=5, ge=1, le=120)
    rules: tuple[Rule, ...]

    @field_validator("rules")
    @classmethod
    def _each_name_once(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        names = [rule.name for rule in rules]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two rules are called {min(twice)!r}; histories could not tell them apart")
        return rules


def load(file: Path = FILE) -> Policy:
    """Raises policies.Faulty, with the line of each fault."""
    return policies.load(file, Policy)


@cache
def policy() -> Policy:
    return load()
