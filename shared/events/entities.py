"""Entities: the public topic `gcm.entities`."""

from datetime import date

from pydantic import Field

from shared.events.common import Change, EntityRef, Sequence
from shared.events.envelope import Data


class Group(Data):
    """A dated membership of a region or group (¶69)."""

    code: str
    since: date | None = None
    until: date | None = None


class EntitySnapshot(EntityRef):
    sequence: int = Sequence
    names: dict[str, str] = Field(default_factory=dict, description="By language code, up to the six UN languages")
    aliases: list[str] = Field(default_factory=list)
    country: str | None = Field(default=None, description="ISO 3166 alpha-3")
    groups: list[Group] = Field(default_factory=list)


class EntityEvent(Data):
    entity: EntitySnapshot
    change: Change
