"""Who made a change, for histories: the person and, for the public, only the role."""

from dataclasses import dataclass
from typing import Literal

from shared.web.auth import ADMIN, NETWORK_STAFF, Actor


@dataclass(frozen=True)
class Author:
    """`person_id` None: no person, the system."""

    person_id: str | None
    by: Literal["entity", "network_staff", "system"]


SYSTEM = Author(None, "system")


def staff(actor: Actor) -> Author:
    return Author(actor.person, "network_staff")


def staff_or_entity(actor: Actor) -> Author:
    """Of an act that both may do: by its role as staff, if it has one."""
    return staff(actor) if actor.is_any(NETWORK_STAFF, ADMIN) else of_entity(actor)


def of_entity(actor: Actor) -> Author:
    return Author(actor.person, "entity")
