"""What several contracts share."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.events.envelope import Data

Sequence = Field(
    ge=1, description="+1 for each public record of this aggregate; a projection ignores lower or equal ones"
)


class EntityRef(Data):
    """Who pledges or asks, as far as others need to know."""

    entity_id: str = Field(description="ISO 3166 alpha-3 code of a State, a lower-case slug otherwise")
    name: str = Field(description="Name in English, or as the entity itself writes it")
    kind: str
    fictional: bool = Field(default=False, description="True for the entities of the demonstration")


class Change(Data):
    """What this record changed, for readers who follow along."""

    action: str = Field(description="published, amended, reported, closed, merged, unmerged, changed, republished…")
    at: datetime = Field(description="Business time, UTC")
    by: Literal["entity", "network_staff", "system"] = Field(description="The role, never the person")
    fields: list[str] = Field(
        default_factory=list, description="Names of the fields that differ from the record before"
    )


class Heartbeat(Data):
    """Written daily to every partition of the public topics, so that compaction can finish what a tombstone began."""
