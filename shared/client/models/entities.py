"""Entities and memberships. Times of memberships are business time."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.client.models.base import Received, Sent


class EntityRef(Received):
    entity_id: str
    name: str
    kind: str
    fictional: bool = False


class Group(Sent):
    """Belonging from `since` up to but not on `until`."""

    code: str
    since: date | None = None
    until: date | None = None


class EntityFields(Sent):
    kind: str
    names: dict[str, str]
    aliases: list[str] = Field(default_factory=list)
    country: str | None = None
    fictional: bool = False
    groups: list[Group] = Field(default_factory=list)


class NewEntity(EntityFields):
    entity_id: str


class Entity(Received):
    entity_id: str
    name: str
    kind: str
    names: dict[str, str]
    aliases: list[str] = Field(default_factory=list)
    country: str | None = None
    fictional: bool = False
    groups: list[Group] = Field(default_factory=list)
    revision: int


class NewMembership(Sent):
    person_id: str
    role: str
    since: datetime | None = None
    until: datetime | None = None
    machine: bool = False


class Membership(Received):
    membership_id: UUID
    entity_id: str
    person_id: str
    role: str
    since: datetime
    until: datetime | None = None
    machine: bool = False


class Member(Membership):
    name: str | None
