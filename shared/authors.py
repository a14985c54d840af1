"""Who made a change, for histories: the person and, for the public, only the role."""

from dataclasses import dataclass
from typing import Literal

from shared.web.auth import Actor


@dataclass(frozen=True)
class Author:
    """`person_id` None: no person, the system."""

    person_id: str | None
    by: Literal["entity", "network_staff", "system"]


SYSTEM = Author(None, "system")


def staff(actor: Actor) -> Author:
    return Author(actor.person, "network_staff")


def of_entity(actor: Actor) -> Author:
    return Author(actor.person, "entity")
