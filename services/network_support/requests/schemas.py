"""What the API takes and gives."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.network_support.requests.lifecycle import REFUSALS, Refusal, State, Step, Type
from services.network_support.requests.models import RequestHistory, SupportRequest
from shared.web.text import Text

LONGEST_TEXT = 20_000  # characters

EntityId = Annotated[str, StringConstraints(max_length=64, pattern=r"^([A-Z]{3}|[a-z0-9]+(-[a-z0-9]+)*)$")]
Language = Annotated[str, StringConstraints(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; say what help you need")
    return text


class Opening(BaseModel):
    """A request for support with a pledge."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "entity_id": "veridia",
                    "pledge_id": "01922f00-0000-7000-8000-000000000001",
                    "type": "knowledge_exchange",
                    "text": "We would like to learn how other countries issue identity documents at consulates.",
                    "language": "en",
                }
            ]
        },
    )

    entity_id: EntityId = Field(description="Who asks: an entity that you may act for")
    pledge_id: UUID = Field(description="A pledge of that entity. While it is not published, the request waits for it")
    type: Type = Field(description="What kind of help")
    text: Annotated[Text, Field(max_length=LONGEST_TEXT), AfterValidator(_says_something)] = Field(
        description="In your own words; only your entity and the UN Network read it"
    )
    language: Language = Field(description="Of the text, as a BCP 47 tag", examples=["en"])


class Refused(BaseModel):
    """Why a request was refused when its pledge became known."""

    code: Refusal
    problem: str
    remedy: str


def refused(code: Refusal | None) -> Refused | None:
    return Refused(code=code, problem=f"The pledge {REFUSALS[code][0]}.", remedy=REFUSALS[code][1]) if code else None


class RequestView(BaseModel):
    """A request as its entity, Network staff and reviewers see it."""

    request_id: UUID
    entity_id: str
    pledge_id: UUID
    pledge_title: str | None = Field(description="As published; null while the pledge is not known")
    type: Type
    text: str
    language: str
    state: State
    refusal: Refused | None
    revision: int = Field(description="The ETag")
    created_at: AwareDatetime = Field(description="UTC")
    changed_at: AwareDatetime = Field(description="UTC")


def view(request: SupportRequest, pledge_title: str | None) -> RequestView:
    own = request.model_dump(exclude={"refusal", "sequence"})
    return RequestView(**own, refusal=refused(request.refusal), pledge_title=pledge_title)


class RequestPage(BaseModel):
    items: list[RequestView]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class HistoryLine(BaseModel):
    revision: int
    step: Step
    state: State = Field(description="After the step")
    refusal: Refused | None
    by: Literal["entity", "network_staff", "system"] = Field(description="The role, never the person")
    at: AwareDatetime = Field(description="UTC")


def history_line(line: RequestHistory) -> HistoryLine:
    own = line.model_dump(include={"revision", "step", "state", "by", "at"})
    return HistoryLine(**own, refusal=refused(line.refusal))


class History(BaseModel):
    """All of it: a life has few steps."""

    items: list[HistoryLine]
    next: None = None
