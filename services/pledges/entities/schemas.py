"""Entities and memberships as the API takes and gives them."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from services.pledges.entities.names import Language
from services.pledges.plain import Flag
from services.pledges.times import Day, Time
from shared.reference import catalogue, regions
from shared.web.text import Line

MOST = 50  # entries of a list
STATES = frozenset({"member_state", "observer_state"})
_CODE = re.compile(r"[A-Z]{3}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Name = Annotated[Line, Field(min_length=1)]
Role = Literal["focal_point", "delegate", "viewer"]
PersonId = Annotated[Line, Field(min_length=1, max_length=255, description="The `sub` of the person's tokens")]


def _kind(code: str) -> str:
    catalogue.entity_kind(code)  # raises ValueError, naming codes that may have been meant
    return code


def _entity_id(code: str) -> str:
    if len(code) > 64 or not (_CODE.fullmatch(code) or _SLUG.fullmatch(code)):
        raise ValueError(
            "is no code of an entity; write three capital letters (ISO 3166) for a State, otherwise lower-case"
            " letters, digits and hyphens, at most 64"
        )
    return code


Kind = Annotated[str, AfterValidator(_kind), Field(examples=["member_state"])]
EntityId = Annotated[str, AfterValidator(_entity_id), Field(examples=["city-of-example"])]
GroupCode = Annotated[str, AfterValidator(regions.known), Field(examples=["african"])]


EXAMPLE: dict[str, Any] = {
    "kind": "member_state",
    "names": {"en": "Veridia", "fr": "Véridie"},
    "aliases": ["Republic of Veridia"],
    "country": None,
    "fictional": True,
    "groups": [{"code": "african", "since": "2022-05-20", "until": None}],
}
EXAMPLE_CITY: dict[str, Any] = {
    "entity_id": "harbour-city",
    "kind": "local_government",
    "names": {"en": "Harbour City", "es": "Ciudad del Puerto"},
    "fictional": True,
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GroupMembership(Strict):
    """Belonging from `since` up to but not on `until`; without a date, none is known."""

    code: GroupCode
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until <= self.since:
            raise ValueError(f"ends ({self.until}) before it begins ({self.since}); exchange or correct the dates")
        return self


class EntityFields(Strict):
    """All of an entity that can be changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: Kind
    names: dict[Language, Name] = Field(min_length=1, description="By UN language, at least one")
    aliases: list[Name] = Field(default=[], max_length=MOST, description="Other names it is looked for by")
    country: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="ISO 3166 alpha-3", examples=["KEN"])
    fictional: Flag = Field(default=False, description="For demonstrations; shown wherever it appears")
    groups: list[GroupMembership] = Field(default=[], max_length=MOST)

    @field_validator("groups")
    @classmethod
    def _once_each(cls, groups: list[GroupMembership]) -> list[GroupMembership]:
        places = [(group.code, group.since) for group in groups]
        if len(set(places)) < len(places):
            raise ValueError("names a group twice from the same date; name each once")
        return groups


class NewEntity(EntityFields):
    """An entity to add. Its code is for ever: it is never changed, and never used for another."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CITY]})

    entity_id: EntityId

    @field_validator("entity_id")
    @classmethod
    def _fits(cls, code: str, others: ValidationInfo) -> str:
        state = others.data.get("kind") in STATES and not others.data.get("fictional")
        if "kind" in others.data and bool(_CODE.fullmatch(code)) != state:
            raise ValueError(
                "does not fit the kind; give ISO 3166 alpha-3 codes to States that are not fictional, and only to them"
            )
        return code


class EntityOut(EntityFields):
    """An entity. Its ETag is its revision."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"entity_id": "veridia", "name": "Veridia", **EXAMPLE, "revision": 1}]}
    )

    entity_id: str
    name: str = Field(description="In English, or in the first language that there is")
    revision: int


class Entities(BaseModel):
    """One page, by name."""

    items: list[EntityOut]
    next: str | None = Field(description="Cursor of the next page; null on the last")


def after_since(until: datetime | None, others: ValidationInfo) -> datetime | None:
    """For the field `until` of what may also say `since`. Raises ValueError."""
    since = others.data.get("since")
    if until and since and until <= since:
        raise ValueError("is not after `since`; exchange or correct the times")
    return until


class NewMembership(Strict):
    """Lets a person or machine act for an entity. Times are business time."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_id": "6b1f0a3e-0009-4000-8000-000000000009", "role": "viewer"}]}
    )

    person_id: PersonId
    role: Role
    since: Time | None = Field(default=None, description="Null: from now on")
    until: Time | None = Field(default=None, description="Up to but not at this moment; null: no end is set")
    machine: Flag = Field(
        default=False, description="The entity's own system, by the `sub` of its client; it acts for no other entity"
    )

    @field_validator("machine")
    @classmethod
    def _no_focal_point(cls, machine: bool, others: ValidationInfo) -> bool:
        if machine and others.data.get("role") == "focal_point":
            raise ValueError("cannot be a focal point, whom mails go to; make the machine a delegate or a viewer")
        return machine

    _in_order = field_validator("until")(after_since)


class MembershipOut(BaseModel):
    membership_id: UUID
    entity_id: str
    person_id: str
    role: Role
    since: datetime
    until: datetime | None = None
    machine: bool = False


class Member(MembershipOut):
    """A membership as other members and staff see it: with the name, never with the address."""

    name: str | None = Field(description="Null: not registered, a machine for instance")


class Members(BaseModel):
    items: list[Member]
    next: str | None


class NewHandover(Strict):
    """Who takes a focal point's place, and from when on. Times are business time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"successor": "6b1f0a3e-0005-4000-8000-000000000005"}]})

    successor: PersonId
    since: Time | None = Field(default=None, description="Null: from now on")
    membership_id: UUID | None = Field(default=None, description="Whose place; null: your own")


class HandoverOut(BaseModel):
    handover_id: UUID
    entity_id: str
    since: datetime
    former: MembershipOut = Field(description="Ends when the successor's begins")
    successor: MembershipOut
    by: str | None = Field(default=None, description="Who planned it, by role")
    withdrawn_at: datetime | None = Field(default=None, description="Business time: from then on it is not to happen")


class Handovers(BaseModel):
    """Those that are planned, the next one first."""

    items: list[HandoverOut]
    next: None = Field(default=None, description="All are on one page")
