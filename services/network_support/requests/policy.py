"""When requests close by themselves, and how long they can be reopened: policy.yaml, checked."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.network_support.requests.lifecycle import MOVES, State
from shared import policies

FILE = Path(__file__).parent / "policy.yaml"

Days = Annotated[int, Field(ge=1, le=3650)]


class Policy(BaseModel):
    """`close_after_days`: by the state in which nothing happens; a state that is not named never closes by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    close_after_days: dict[State, Days]
    reopen_within_days: Days

    @field_validator("close_after_days")
    @classmethod
    def _can_be_closed(cls, after: dict[State, int]) -> dict[State, int]:
        if wrong := sorted(set(after) - set(MOVES["closed"])):
            raise ValueError(f"names {', '.join(wrong)}, which cannot be closed; use {', '.join(MOVES['closed'])}")
        return after

    def quiet_since(self, now: datetime) -> dict[State, datetime]:
        """By state: what has not changed since then is closed at `now` (business time)."""
        return {state: now - timedelta(days=days) for state, days in self.close_after_days.items()}

    def reopens_until(self, closed_at: datetime) -> datetime:
        return closed_at + timedelta(days=self.reopen_within_days)


def load(file: Path = FILE) -> Policy:
    """Raises policies.Faulty."""
    return policies.load(file, Policy)


@cache
def policy() -> Policy:
    return load()
