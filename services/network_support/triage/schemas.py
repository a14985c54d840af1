"""What the API of the desk takes and gives."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.network_support.requests.schemas import Language
from services.network_support.triage.filters import Filters, Order, PersonId
from services.network_support.triage.lifecycle import Act, Kind, Priority
from services.network_support.triage.places import Objective, Region
from shared.web.text import Line, Text

LONGEST_REASON = 2000  # characters
MOST_AT_ONCE = 1000  # cases of one bulk assignment
MOST_SAVED = 50  # queues of one officer
MOST_COUNTED = 99


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; say why")
    return text


Reason = Annotated[Text, Field(max_length=LONGEST_REASON), AfterValidator(_says_something)]
Name = Annotated[Line, Field(min_length=1, max_length=100)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class CaseLine(BaseModel):
    """A case as a queue shows it."""

    case_id: UUID = Field(description="Of the request, or of the work item")
    kind: Kind
    stage: str = Field(description="A request's state; of a work item: waiting, in_hand, done")
    is_open: bool
    title: str | None = Field(description="Of the pledge, as published; null: no pledge, or not known")
    excerpt: str = Field(description="How the request begins; of a work item, nothing")
    facts: dict[str, Any] = Field(description="Of a work item: ids and codes that say what it is about")
    entity_id: str | None
    entity_name: str | None
    pledge_id: UUID | None
    region: str | None
    type: str | None
    language: str | None
    objectives: list[str]
    officer: str | None = Field(description="A person's id; who that is: POST /people/names of the pledges service")
    priority: Priority
    priority_reason: str | None
    due_at: AwareDatetime | None = Field(description="Business time; null: no clock runs")
    clock: str | None = Field(description="The clock that ends first")
    revision: int = Field(description="The ETag: what officers did, without the steps of the request")
    opened_at: AwareDatetime = Field(description="Business time")
    changed_at: AwareDatetime = Field(description="Business time")


class CasePage(BaseModel):
    items: list[CaseLine]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class Here(BaseModel):
    """An officer who has the case open."""

    person_id: str
    since: AwareDatetime = Field(description="System time")


class CaseView(CaseLine):
    """A case as its page shows it."""

    others_here: list[Here] = Field(description="Who else has it open now")


class Others(BaseModel):
    others_here: list[Here] = Field(description="Who else has it open now")
    beat_within: int = Field(description="Seconds: say so again within them, or you count as gone")


class CaseHistoryLine(BaseModel):
    revision: int
    act: Act
    officer: str | None = Field(description="Who has it after the act")
    priority: Priority
    reason: str | None
    facts: dict[str, Any] = Field(description="Of a rule: its name, and what agreed")
    by: Literal["network_staff", "system"]
    person: str | None = Field(description="Who did it; null: a rule")
    at: AwareDatetime = Field(description="Business time")


class CaseHistoryView(BaseModel):
    items: list[CaseHistoryLine]
    next: None = None


class Assignment(Strict):
    """Who is to have it."""

    model_config = example(officer="6b1f0a3e-0003-4000-8000-000000000003", reason="She knows the ministry")

    officer: PersonId = Field(description="A person's id, of GET /officers; or me")
    reason: Reason | None = None


class HandBack(Strict):
    """It goes back to the desk."""

    model_config = example(reason="I am on mission until Friday")

    reason: Reason


class Prioritised(Strict):
    """How urgent it is, and why."""

    model_config = example(priority="high", reason="The law is voted on next week")

    priority: Priority
    reason: Reason


class Because(Strict):
    """Why."""

    model_config = example(reason="The ministry named a new focal point")

    reason: Reason


class Picked(Strict):
    case_id: UUID
    revision: int = Field(ge=1, le=2**31 - 1, description="The one that you saw")


class BulkAssignment(Strict):
    """Many cases to one officer. Each is looked at by itself: a bad one costs none of the others."""

    model_config = example(
        officer="6b1f0a3e-0003-4000-8000-000000000003",
        cases=[{"case_id": "01922f00-0000-7000-8000-000000000002", "revision": 1}],
    )

    officer: PersonId = Field(description="A person's id, of GET /officers; or me")
    reason: Reason | None = None
    cases: list[Picked] = Field(min_length=1, max_length=MOST_AT_ONCE)


Outcome = Literal["assigned", "unchanged", "not_found", "stale", "over", "busy", "twice"]


class Assigned(BaseModel):
    case_id: UUID
    outcome: Outcome = Field(
        description=(
            "unchanged: the officer has it already; stale: somebody changed it since; over: nothing is left to do;"
            " busy: somebody changes it at this moment; twice: the list has it before"
        )
    )
    revision: int | None = Field(description="The present one; null: there is no such case")


class BulkAssigned(BaseModel):
    """In the order of the list."""

    assigned: int
    items: list[Assigned]


class BulkUndo(Strict):
    """What a bulk assignment gave, to be taken back."""

    model_config = example(cases=[{"case_id": "01922f00-0000-7000-8000-000000000002", "revision": 2}])

    cases: list[Picked] = Field(
        min_length=1, max_length=MOST_AT_ONCE, description="With the revisions that the assignment answered"
    )


UndoOutcome = Literal["undone", "stale", "not_yours", "over", "not_found", "busy", "twice"]


class Undone(BaseModel):
    case_id: UUID
    outcome: UndoOutcome = Field(
        description=(
            "undone: it has the officer from before, or nobody; stale: somebody changed it since, so it stays;"
            " not_yours: its last act is no assignment of yours; the others as for the assignment"
        )
    )
    revision: int | None = Field(description="The present one; null: there is no such case")


class BulkUndone(BaseModel):
    """In the order of the list."""

    undone: int
    items: list[Undone]


class OfficerFields(Strict):
    """What somebody of the staff can be given by rule."""

    model_config = example(
        duty_station="nairobi",
        regions=["region_africa"],
        languages=["en", "fr"],
        objectives=["objective-4"],
        away=False,
    )

    duty_station: Annotated[str, Field(max_length=40, pattern=r"^[a-z]+([_-][a-z]+)*$")] | None = None
    regions: list[Region] = Field(default=[], max_length=20)
    languages: list[Language] = Field(default=[], max_length=20)
    objectives: list[Objective] = Field(default=[], max_length=23)
    away: bool = Field(default=False, description="Gets nothing by rule; can still be given a case by hand")


class OfficerView(OfficerFields):
    """Somebody of the staff. The ETag is the revision."""

    person_id: str
    open_cases: int
    revision: int


class Officers(BaseModel):
    items: list[OfficerView]
    next: None = None


class Left(BaseModel):
    """Somebody who is no officer any more."""

    person_id: str
    handed_back: int = Field(description="How many open cases went back to the desk")


class QueueFields(Strict):
    """A filter to keep, with a name."""

    model_config = example(name="Arabic, not mine", filters={"language": ["ar"], "officer": ["nobody"]}, order="due")

    name: Name
    filters: Filters = Filters()
    order: Order = "due"


class QueueView(BaseModel):
    queue: str = Field(description="Its place: GET /queues/{queue}")
    name: str | None = Field(description="Of an officer's own; null: one that everybody has")
    filters: Filters
    order: Order
    revision: int | None = Field(description="The ETag of an officer's own")


class QueueCount(QueueView):
    count: int = Field(description=f"How many cases it has, up to {MOST_COUNTED}")
    more: bool = Field(description=f"It has more than {MOST_COUNTED}")


class Queues(BaseModel):
    items: list[QueueCount]
    next: None = None
