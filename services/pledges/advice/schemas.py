"""Advice as the API takes the question and gives the answer."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.pledges.advice.findings import Severity
from services.pledges.advice.smart import Name, Verdict
from services.pledges.duplicates.schemas import Candidate
from services.pledges.entities.schemas import EntityId
from services.pledges.registry.content import EXAMPLE, Content


class Asking(Content):
    """A pledge as it is being written."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entity_id": "veridia", **EXAMPLE}]})

    entity_id: EntityId | None = Field(default=None, description="For whom you write", examples=["veridia"])
    pledge_id: UUID | None = Field(default=None, description="Once it is saved: it is no duplicate of itself")


class Finding(BaseModel):
    """One thing that was seen. `code` is stable; `text` is in the language that you asked for."""

    code: str = Field(examples=["limits.description_short"])
    severity: Severity = Field(
        description="needed: no submission is taken without; advised: probably to be mended; note: to be looked at; "
        "good: as it should be"
    )
    field: str = Field(description="The place in the pledge", examples=["description"])
    text: str


class Criterion(BaseModel):
    """One of the five of SMART, with what speaks for it and against it."""

    criterion: Name
    verdict: Verdict
    reasons: list[Finding]
    suggestion: str | None


class Advice(BaseModel):
    """Nothing here blocks anything. What a criterion gives as its reason is not repeated among the findings."""

    language: str = Field(description="Of the texts in this answer", examples=["en"])
    read_as: str | None = Field(
        description="The language in which the pledge was read; null where only its fields and figures were",
        examples=["en"],
    )
    duplicates: list[Candidate] = Field(description="Pledges that may be the same; none without `entity_id`")
    smart: list[Criterion]
    findings: list[Finding]
