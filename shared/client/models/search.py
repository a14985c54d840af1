"""Counts of the public list, and its lines with fields of choice."""

from pydantic import ConfigDict, Field

from shared.client.models.base import Received


class Count(Received):
    code: str
    count: int


class Facets(Received):
    total: int
    facets: dict[str, list[Count]] = Field(default_factory=dict, description="By filter; most first")


class Sparse(Received):
    """A pledge with the fields that were asked for."""

    model_config = ConfigDict(extra="allow")
