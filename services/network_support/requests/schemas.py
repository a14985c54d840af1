"""What the API takes and gives."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from services.network_support.clocks.schemas import ClockView
from services.network_support.requests.lifecycle import REFUSALS, Refusal, State, Step, Type, allowed
from services.network_support.requests.models import RequestFeedback, RequestHistory, SupportRequest
from shared.web.text import Text

By = Literal["entity", "network_staff", "system"]
LONGEST_TEXT = 20_000  # characters
LONGEST_REASON = 4_000

EntityId = Annotated[str, StringConstraints(max_length=64, pattern=r"^([A-Z]{3}|[a-z0-9]+(-[a-z0-9]+)*)$")]
Language = Annotated[str, StringConstraints(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; say what help you need")
    return text


_WISH: JsonDict = {
    "pledge_id": "01922f00-0000-7000-8000-000000000001",
    "type": "knowledge_exchange",
    "text": "We would like to learn how other countries issue identity documents at consulates.",
    "language": "en",
}


class Edit(BaseModel):
    """What can still be changed of a draft: all but whose it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_WISH]})

    pledge_id: UUID = Field(description="A pledge of that entity. While it is not published, the request waits for it")
    type: Type = Field(description="What kind of help")
    text: Annotated[Text, Field(max_length=LONGEST_TEXT)] = Field(
        description="In your own words; only your entity and the UN Network read it"
    )
    language: Language = Field(description="Of the text, as a BCP 47 tag", examples=["en"])


class Wish(Edit):
    """A request for support with a pledge, as far as it is written."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entity_id": "veridia", **_WISH}]})

    entity_id: EntityId = Field(description="Who asks: an entity that you may act for")


class Opening(Wish):
    """A request for support with a pledge."""

    text: Annotated[Text, Field(max_length=LONGEST_TEXT), AfterValidator(_says_something)] = Field(
        description="In your own words; only your entity and the UN Network read it"
    )


Reason = Annotated[Text, Field(max_length=LONGEST_REASON)]


class Said(BaseModel):
    """What goes with a step."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Which consulates are meant?"}]}
    )

    reason: Reason | None = Field(default=None, description="Its entity, Network staff and reviewers read it")


class Confirmation(BaseModel):
    """What the requester says at the end."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rating": 5, "comment": "Quick."}]})

    rating: int | None = Field(default=None, ge=1, le=5, description="How useful it was: 1 not at all, 5 very")
    comment: Reason | None = Field(default=None, description="Your entity, Network staff and reviewers read it")
    lessons: Reason | None = Field(default=None, description="What others could learn from it")


class Closing(Said):
    """What staff say at the end."""

    lessons: Reason | None = Field(default=None, description="What others could learn from it")


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
    sent_at: AwareDatetime | None = Field(description="UTC; null while it is a draft, that only its entity sees")
    from_update: int | None = Field(description="The report of the pledge that the draft was made from, if it was")
    allowed: list[Step] = Field(description="The steps that can follow; who may take which, their routes say")
    clocks: list[ClockView] = Field(description="What the requester was promised, in the order in which it is due")


def view(request: SupportRequest, pledge_title: str | None, clocks: Sequence[ClockView]) -> RequestView:
    own = request.model_dump(exclude={"refusal", "sequence", "status"})
    more = {"refusal": refused(request.refusal), "pledge_title": pledge_title, "allowed": allowed(request.state)}
    return RequestView.model_validate(own | more | {"clocks": clocks})


class RequestPage(BaseModel):
    items: list[RequestView]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class Feedback(BaseModel):
    """What was said when it was confirmed or closed."""

    rating: int | None
    comment: str | None
    lessons: str | None


class HistoryLine(BaseModel):
    revision: int
    step: Step
    state: State = Field(description="After the step")
    refusal: Refused | None
    reason: str | None = Field(description="As it was given")
    facts: dict[str, Any] = Field(description="Ids and codes that belong to the step")
    feedback: Feedback | None
    by: By = Field(description="The role, never the person")
    at: AwareDatetime = Field(description="UTC")


def history_line(line: RequestHistory, said: RequestFeedback | None) -> HistoryLine:
    own = line.model_dump(include={"revision", "step", "state", "reason", "facts", "by", "at"})
    feedback = Feedback.model_validate(said.model_dump()) if said else None
    return HistoryLine(**own, refusal=refused(line.refusal), feedback=feedback)


class History(BaseModel):
    """All of it: a life has few steps."""

    items: list[HistoryLine]
    next: None = None
