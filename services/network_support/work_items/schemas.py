"""Work items as the API gives them."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.network_support.triage.lifecycle import WorkKind


class Cause(BaseModel):
    facts: dict[str, Any] = Field(description="Ids and codes of what happened")
    at: AwareDatetime = Field(description="Business time")


class WorkItemView(BaseModel):
    """What is to be settled. Who has it, and how far it is, its case says: GET /cases/{case_id} with the same id."""

    item_id: UUID
    kind: WorkKind
    entity_id: str | None
    causes: list[Cause] = Field(description="The first 100, in order")
    raised_at: AwareDatetime = Field(description="Business time")
