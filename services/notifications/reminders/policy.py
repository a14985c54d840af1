"""The reminder policy: policy.yaml, checked."""

from datetime import time
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

FILE = Path(__file__).parent / "policy.yaml"


class Policy(BaseModel):
    """Offsets in days from a milestone's first day, the earliest first; the rest as the file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    offsets: tuple[int, ...] = Field(min_length=1)
    send_at: time
    late_hours: int = Field(ge=1, le=240)
    minimum_days_between: int = Field(ge=0, le=60)

    @field_validator("offsets")
    @classmethod
    def _each_once(cls, offsets: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(offsets)) != len(offsets):
            raise ValueError("names an offset twice; name each once")
        return tuple(sorted(offsets))


def load(file: Path = FILE) -> Policy:
    """Raises pydantic's ValidationError."""
    return Policy.model_validate(yaml.safe_load(file.read_text("utf-8")))


@cache
def policy() -> Policy:
    return load()
