"""What a digest has told at the moment of sending. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

MOST = 50  # messages in one mail, which stays far below the 102 KB at which Gmail cuts it; more make a second one
TOLD = "in_digest"  # how it was sent


@dataclass(frozen=True)
class Told:
    """`told` are in the mail; `dropped` says why others go no more. What is in neither waits for the next one."""

    told: tuple[UUID, ...] = ()
    dropped: Mapping[UUID, str] = field(default_factory=dict)
