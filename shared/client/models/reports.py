"""Reports on pledges, what partners and staff say of them, and the links by which they are made."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.client.models.base import Received, Sent
from shared.client.models.entities import EntityRef
from shared.client.models.pledges import Money, SignOff


class Reached(Sent):
    target: str
    value: Decimal | None = None
    value_text: str | None = None
    unit: str | None = None


class Measured(Received):
    target: str
    value: Decimal | None = None
    value_text: str | None = None
    unit: str | None = None
    share: Decimal | None = None
    not_comparable: str | None = None


class Evidence(BaseModel):
    url: str | None = None
    file: UUID | None = None
    title: str | None = None


class Report(Sent):
    status: str | None = None
    summary: str = ""
    values: list[Reached] = Field(default_factory=list)
    barriers: list[str] = Field(default_factory=list)
    stuck: bool = False
    paid: list[Money] = Field(default_factory=list)
    evidence: list[Evidence] = Field(default_factory=list)
    ask_confirmation: bool = False
    corrects: int | None = None
    entity_id: str | None = None
    no_change: bool = False
    confirms: int | None = None


class Update(Received):
    pledge_id: UUID
    number: int
    reporter: EntityRef | None = None
    status: str
    no_change: bool
    summary: str
    values: list[Measured]
    barriers: list[str]
    stuck: bool = False
    paid: list[Money] = Field(default_factory=list)
    evidence: list[Evidence] = Field(default_factory=list)
    level: str = "reported"
    corrects: int | None = None
    corrected_by: int | None = None
    sign_offs: list[SignOff] = Field(default_factory=list)
    reported_at: datetime


class Answering(Sent):
    answer: str
    reason: str = ""
    version: int | None = None
    entity_id: str | None = None


class Answered(Received):
    entity: EntityRef
    version: int
    update: int | None
    answer: str
    reason: str
    at: datetime


class Awaited(Received):
    pledge_id: UUID
    version: int
    update: int | None
    title: str
    entity: EntityRef
    partner_id: str


class Check(Sent):
    answer: str
    reason: str = ""


class Checked(Received):
    pledge_id: UUID
    number: int
    answer: str
    reason: str = ""
    at: datetime | None = None


class CheckAsked(Received):
    pledge_id: UUID
    number: int
    title: str
    entity: EntityRef
    reported_at: datetime


class LinkToken(Sent):
    token: str = Field(repr=False)


class LinkUse(LinkToken):
    report: Report


class LinkShown(Received):
    state: str
    until: datetime
    pledge_id: UUID
    title: str
    entity: EntityRef
    owner: EntityRef | None = None  # whose pledge it is, if that is another one
    last: Update | None
    recorded: Update | None
