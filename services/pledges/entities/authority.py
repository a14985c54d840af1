"""Who may act for which entity, at a moment of business time. The answer is read anew for each request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity, Membership
from services.pledges.tables import core
from shared.errors import FieldProblem, Forbidden, Invalid, NotFound
from shared.events.common import EntityRef
from shared.web.auth import ADMIN, NETWORK_STAFF, REVIEWER, Actor

FOCAL_POINT, DELEGATE, VIEWER = "focal_point", "delegate", "viewer"
WRITERS = frozenset({FOCAL_POINT, DELEGATE})


@dataclass(frozen=True)
class Standing:
    """What a caller may do for one entity: `roles` are those of their memberships that are valid now."""

    entity: EntityRef
    roles: frozenset[str]
    is_staff: bool = False
    is_reviewer: bool = False

    @property
    def may_write(self) -> bool:
        return not self.roles.isdisjoint(WRITERS)

    @property
    def may_read(self) -> bool:
        """What is not published: its own members, staff and reviewers."""
        return bool(self.roles) or self.is_staff or self.is_reviewer

    def require_read(self) -> None:
        """Raises NotFound, not Forbidden: to others, what is unpublished must not even seem to exist."""
        if not self.may_read:
            raise NotFound("There is nothing at this address, or you may not see it.")

    def require_write(self) -> None:
        """Raises NotFound to those who may not see, Forbidden to those who may see but not change."""
        self.require_read()
        self.require_writer()

    def require_manager(self, role: str) -> None:
        """Who may give and end memberships with this role: staff all, a focal point those that write to nobody.

        Raises Forbidden.
        """
        if self.is_staff or (FOCAL_POINT in self.roles and role != FOCAL_POINT):
            return
        if FOCAL_POINT in self.roles:
            raise Forbidden("Focal points are named by the Network's staff; to leave your own place, hand it over.")
        raise Forbidden(f"Only focal points of {self.entity.name} and the Network's staff may do this.")

    def require_writer(self) -> None:
        """Raises Forbidden; for acts on what everybody may know exists."""
        if not self.may_write:
            raise Forbidden(f"Only focal points and delegates of {self.entity.name} may do this.")


def valid(now: Any) -> Any:
    """The condition that a membership holds at `now` (business time)."""
    return and_(col(Membership.since) <= now, or_(col(Membership.until).is_(None), col(Membership.until) > now))


_entity, _membership = core(Entity).c, core(Membership).c
_STANDING = (
    select(_entity.entity_id, _entity.name, _entity.kind, _entity.fictional, _membership.role)
    .outerjoin(
        core(Membership),
        and_(
            _membership.entity_id == _entity.entity_id,
            _membership.person_id == bindparam("person_id"),
            valid(bindparam("now")),
        ),
    )
    .where(_entity.entity_id == bindparam("entity_id"))
)


async def standing(session: AsyncSession, actor: Actor, entity_id: str, now: datetime) -> Standing:
    """`now` is business time. Raises Invalid, naming `entity_id`, when there is no such entity."""
    found = await find_standing(session, actor, entity_id, now)
    if found is None:
        fault = FieldProblem("entity_id", "names no entity", "look it up: GET /entities?q=…")
        raise Invalid("There is no such entity; nothing was saved.", [fault])
    return found


async def find_standing(session: AsyncSession, actor: Actor, entity_id: str, now: datetime) -> Standing | None:
    """One statement. None when there is no such entity."""
    given = {"person_id": actor.person, "entity_id": entity_id, "now": now}
    rows = (await session.execute(_STANDING, given)).all()
    if not rows:
        return None
    first = rows[0]
    entity = EntityRef(entity_id=first.entity_id, name=first.name, kind=first.kind, fictional=first.fictional)
    roles = frozenset(row.role for row in rows if row.role is not None)
    return Standing(entity, roles, actor.is_any(NETWORK_STAFF, ADMIN), actor.is_any(REVIEWER))


async def require_writer(session: AsyncSession, actor: Actor, entity_id: str, now: datetime) -> Standing:
    """For new things of an entity. Raises Invalid for an unknown one, Forbidden unless focal point or delegate now."""
    found = await standing(session, actor, entity_id, now)
    found.require_writer()
    return found


async def require_reader(session: AsyncSession, actor: Actor, entity_id: str, now: datetime) -> Standing:
    """For what is unpublished. Raises NotFound unless the caller is a member now, staff or reviewer."""
    found = await standing(session, actor, entity_id, now)
    found.require_read()
    return found


@dataclass(frozen=True)
class Held:
    """A membership that is valid now; `until` None: no end is set."""

    membership_id: UUID
    entity_id: str
    entity_name: str
    role: str
    until: datetime | None


_HELD = (
    select(
        col(Membership.membership_id),
        col(Membership.entity_id),
        col(Entity.name),
        col(Membership.role),
        col(Membership.until),
    )
    .join(Entity, col(Entity.entity_id) == col(Membership.entity_id))
    .where(col(Membership.person_id) == bindparam("person_id"), valid(bindparam("now")))
    .order_by(col(Membership.entity_id), col(Membership.membership_id))
)


async def memberships(session: AsyncSession, person_id: str, now: datetime) -> list[Held]:
    """What the person holds at `now` (business time), by entity."""
    rows = await session.execute(_HELD, {"person_id": person_id, "now": now})
    return [Held(*row) for row in rows]
