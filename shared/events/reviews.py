"""Milestones of the review cycles: the public topic `gcm.reviews`."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.events.common import Change, Sequence
from shared.events.envelope import Data
from shared.reference.dates import PartialDate


class Outcome(Data):
    """What came out of a milestone. A correction is a new version."""

    text: str
    document: str | None = Field(default=None, description="Address of the document")
    region: str | None = Field(default=None, description="Code of the region or group that met")
    version: int = Field(ge=1)
    at: datetime = Field(description="When this version was recorded, business time, UTC")


class MilestoneSnapshot(Data):
    code: str
    sequence: int = Sequence
    cycle: str
    cycle_opens: datetime = Field(description="Reports count from here on, business time, UTC")
    kind: Literal["forum", "plenary", "regional_review", "hlpf", "report_deadline"]
    names: dict[str, str] = Field(description="By language code")
    starts: PartialDate
    ends: PartialDate | None = None
    time_zone: str = Field(description="IANA name, of the seat")
    tentative: bool = False
    cancelled: bool = Field(default=False, description="It does not take place")
    reminders: bool = Field(description="Whether entities are invited to report before it")
    outcome: Outcome | None = None


class MilestoneEvent(Data):
    milestone: MilestoneSnapshot
    change: Change
