"""Who acts for an entity: what of it is now, planned and over, and who may change it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.portal.provider import Session
from shared.client.models.entities import Member
from shared.client.models.members import Handover
from shared.client.models.people import HeldMembership
from shared.web.auth import ADMIN, NETWORK_STAFF

FOCAL_POINT, DELEGATE, VIEWER = "focal_point", "delegate", "viewer"
ROLES = (FOCAL_POINT, DELEGATE, VIEWER)
State = Literal["now", "planned", "ended"]


@dataclass(frozen=True)
class Rights:
    """What somebody may do with the members of one entity; the service decides, this says what is offered."""

    person: str
    is_staff: bool
    is_focal_point: bool

    @property
    def manages(self) -> bool:
        return self.is_staff or self.is_focal_point

    def gives(self) -> tuple[str, ...]:
        """The roles that they give and end: focal points are named by staff, or by handing over."""
        return ROLES if self.is_staff else (DELEGATE, VIEWER) if self.is_focal_point else ()

    def ends(self, member: Member) -> bool:
        return member.role in self.gives()

    def owns(self, member: Member) -> bool:
        """Whether it is their own place as a focal point."""
        return self.is_focal_point and member.role == FOCAL_POINT and member.person_id == self.person

    def withdraws(self, planned: Handover) -> bool:
        """The former may, too, unless staff planned it."""
        return self.is_staff or (planned.by == "entity" and planned.former.person_id == self.person)

    def hands_over(self, member: Member) -> bool:
        return self.owns(member) or (self.is_staff and member.role == FOCAL_POINT)


def rights(session: Session, held: Iterable[HeldMembership], entity_id: str) -> Rights:
    focal_point = any(one.entity_id == entity_id and one.role == FOCAL_POINT for one in held)
    return Rights(session.person, session.is_any(NETWORK_STAFF, ADMIN), focal_point)


def state(member: Member, now: datetime) -> State:
    """At `now`, which is business time. What ended before it began never held."""
    if member.until and member.until <= max(now, member.since):
        return "ended"
    return "planned" if member.since > now else "now"


def free(member: Member, handovers: Iterable[Handover]) -> bool:
    """Whether the place goes on to nobody yet. `handovers` are those that are planned."""
    return all(one.former.membership_id != member.membership_id for one in handovers)


def successors(members: Sequence[Member], former: Member, now: datetime) -> list[Member]:
    """Who can take the place: people with a name, that is registered ones, who are no focal points; each once."""
    ahead = [one for one in members if state(one, now) != "ended"]
    taken = {one.person_id for one in ahead if one.role == FOCAL_POINT} | {former.person_id}
    able = [one for one in ahead if one.name and not one.machine and one.person_id not in taken]
    return list({one.person_id: one for one in reversed(able)}.values())[::-1]
