"""What a rehearsal is asked and what it answers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.notifications.rehearsals.lifecycle import State
from services.notifications.reminders.lifecycle import Reason
from services.notifications.reminders.planning import Role
from shared.reference.dates import PartialDate
from shared.web.text import Line, Text

MOST_MOVES = 20
LONGEST_POLICY = 4_000


def _month(text: str) -> str:
    if PartialDate(text).precision != "month":
        raise ValueError("write a year and a month, like 2024-09")
    return text


Month = Annotated[Line, AfterValidator(_month), Field(examples=["2024-09"])]
PartlyKnown = Annotated[Line, AfterValidator(lambda text: str(PartialDate(text))), Field(examples=["2024-12-12"])]


class Move(BaseModel):
    """A milestone as if it began on another day."""

    model_config = ConfigDict(extra="forbid")

    milestone: Line = Field(examples=["plenary-2024"])
    starts: PartlyKnown
    tentative: bool = False


class Wanted(BaseModel):
    """A month to rehearse. With a policy or moves, it is rehearsed as things are, too, and the two are compared."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"month": "2024-09"}]},
    )

    month: Month
    policy: Text | None = Field(
        default=None, max_length=LONGEST_POLICY, description="Another policy file, YAML; null: the one that holds"
    )
    moves: list[Move] = Field(default=[], max_length=MOST_MOVES)


class Day(BaseModel):
    """What would happen of the reminders that are due on one day."""

    day: date
    changed: bool = Field(description="Under the other policy or dates; false: as things are")
    mails: int = Field(description="That would leave")
    turned_off: int = Field(description="That do not leave, since the person wants none")
    reminders: int = Field(description="That are due, in these mails")
    sent: int = Field(description="Reminders that have left already")
    nobody: int = Field(description="For which nobody can be written to")
    skipped: dict[Reason, int] = Field(description="By reason")


class RehearsalShown(BaseModel):
    """A rehearsal, and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    rehearsal_id: UUID
    month: str
    policy: str | None
    moves: list[Move]
    state: State
    fault: str | None
    done: int = Field(description="Steps that are done")
    total: int | None = Field(description="Of so many; null: not known yet")
    created_at: datetime = Field(description="System time, UTC")
    business_at: datetime | None = Field(description="The moment from which it looks ahead; business time, UTC")
    paused: bool = Field(description="Reminders are paused now: while they are, none of these mails leaves")
    days: list[Day]


class RehearsalPage(BaseModel):
    """The newest first."""

    items: list[RehearsalShown]
    next: str | None


class Listed(BaseModel):
    """A pledge that a mail lists, and why it does."""

    pledge_id: UUID
    entity_id: str = Field(description="For whom the person gets it: who pledges, or a partner")
    role: Role
    milestone: str
    offset_days: int


class Mail(BaseModel):
    """One mail that would go to one person."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    changed: bool
    due_on: date
    leaves_at: datetime = Field(description="Business time, UTC: the policy's hour where the person lives")
    entities: list[str]
    roles: list[Role]
    name: str | None = Field(description="Who gets it, for staff alone; null also while nobody can say")
    lists: list[Listed]


class MailPage(BaseModel):
    """By day and hour."""

    items: list[Mail]
    next: str | None


class Said(BaseModel):
    """What a mail says in one language. Its links are made for the person when it leaves, and are not rehearsed."""

    language: str
    subject: str
    text: str


class MailSaid(BaseModel):
    """A mail in each language; `language` is the person's own, for staff alone."""

    mail: Mail
    language: str | None
    fault: str | None = Field(description="Why nothing can be said: the person cannot be written to any more")
    says: list[Said]


class Difference(BaseModel):
    """One person's mail of one day, that is another one under the other policy or dates."""

    due_on: date
    kind: Literal["only_as_is", "only_changed", "lists_other"]
    as_is: Mail | None
    changed: Mail | None


class DifferencePage(BaseModel):
    """By day."""

    items: list[Difference]
    next: str | None
