"""The reminder policy: policy.yaml, checked."""

from datetime import time
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared import policies

FILE = Path(__file__).parent / "policy.yaml"


class Policy(BaseModel):
    """Offsets in days from a milestone's first day, the earliest first; the rest as the file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    offsets: tuple[int, ...] = Field(min_length=1, max_length=50)
    send_at: time
    late_hours: int = Field(ge=1, le=240)
    minimum_days_between: int = Field(ge=0, le=60)
    partners_from: int
    delegates_from: int
    lost_after_days: int = Field(ge=1, le=365)

    @field_validator("offsets")
    @classmethod
    def _each_once(cls, offsets: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(offsets)) != len(offsets):
            raise ValueError("names an offset twice; name each once")
        if not all(-400 <= offset <= 400 for offset in offsets):
            raise ValueError("an offset is more than 400 days away")
        return tuple(sorted(offsets))

    @field_validator("send_at", mode="before")
    @classmethod
    def _as_text(cls, at: object) -> object:
        if not isinstance(at, str | time):
            raise ValueError('write it in quotation marks, like "09:00": without, YAML takes it for a number')  # noqa: TRY004 - pydantic turns only ValueError into a fault of the field
        return at

    @field_validator("send_at")
    @classmethod
    def _on_a_clock(cls, at: time) -> time:
        if at.tzinfo is not None:
            raise ValueError("is on the clock of each recipient: leave the time zone out")
        return at


def read(text: str) -> Policy:
    """Another one, as somebody sends it. Raises shared.policies.Faulty, which names the lines."""
    return policies.load(Path(FILE.name), Policy, text=text)


@cache
def policy() -> Policy:
    return policies.load(FILE, Policy)
