"""The public list as the API gives it."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, WithJsonSchema

from services.pledges.registry.content import Kind
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot


class PublicItem(BaseModel):
    """A line of the public list."""

    pledge_id: UUID
    entity_id: str
    entity: EntityRef
    origin: Literal["submitted", "public_statement"]
    title: str
    kind: Kind
    state: Literal["published", "closed"]
    version: int
    objectives: list[str]
    review_cycle: str | None
    first_published_at: datetime
    status: str | None
    last_reported_at: datetime | None

    @classmethod
    def of(cls, pledge: PledgeSnapshot) -> Self:
        plain = {name: getattr(pledge, name) for name in cls.model_fields if hasattr(pledge, name)}
        reported = {name: getattr(pledge.progress, name) for name in ("status", "last_reported_at")}
        return cls.model_validate({**plain, **reported, "entity_id": pledge.entity.entity_id})


FIELDS = {*PublicItem.model_fields, *PledgeSnapshot.model_fields}
_ASKED_FOR = {
    "type": "object",
    "title": "Only the fields that were asked for",
    "propertyNames": {"enum": sorted(FIELDS)},
}


class PublicPage(BaseModel):
    items: list[PublicItem | Annotated[dict[str, Any], WithJsonSchema(_ASKED_FOR)]]
    next: str | None


class Count(BaseModel):
    code: str
    count: int


class Facets(BaseModel):
    """How many pledges each value would leave. A pledge with several values counts once for each of them."""

    total: int = Field(description="Pledges that fit all filters")
    facets: dict[str, list[Count]] = Field(
        description="By filter: its values with the pledges that have them and fit all *other* filters; most first"
    )
