"""Milestones of the review cycles: the public topic `gcm.reviews`."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.events.common import Change, Sequence
from shared.events.envelope import Data
from shared.reference.dates import PartialDate


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
    reminders: bool = Field(description="Whether entities are invited to report before it")


class MilestoneEvent(Data):
    milestone: MilestoneSnapshot
    change: Change
