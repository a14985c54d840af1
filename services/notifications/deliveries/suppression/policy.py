"""When mails that come back now and then end an address: policy.yaml, checked."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shared import policies

FILE = Path(__file__).parent / "policy.yaml"


class Policy(BaseModel):
    """As the file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    soft_bounces: int = Field(ge=2, le=50)
    over_days: int = Field(ge=0, le=365)
    within_days: int = Field(ge=1, le=365)


@cache
def policy() -> Policy:
    return policies.load(FILE, Policy)
