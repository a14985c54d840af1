"""Whom to write to, and where: asked by our own services when they plan a mail, and again when they send it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, any_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text, Uuid
from sqlmodel import col

from services.pledges.entities.authority import FOCAL_POINT, WRITERS, memberships, valid
from services.pledges.entities.models import Entity, Handover, Membership
from services.pledges.entities.schemas import Role
from services.pledges.people.models import Person
from services.pledges.people.schemas import (
    Found,
    Reachable,
    Resolve,
    Resolved,
    Search,
    Spoken,
    Standing,
    Told,
    Unreachable,
    WhomToTell,
    WhoReported,
    WhoWrote,
)
from services.pledges.progress import links
from services.pledges.progress.models import ProgressUpdate
from services.pledges.progress.schemas import Update
from services.pledges.progress.sealing import Seal
from services.pledges.registry.models import Pledge, PublicPledge
from services.pledges.tables import core
from shared.clock import Moment

_MEMBERS = (
    select(col(Membership.entity_id), col(Person.person_id), col(Person.time_zone))
    .distinct()
    .join(Person, col(Person.person_id) == col(Membership.person_id))
    .where(
        col(Membership.entity_id) == any_(bindparam("entity_ids", type_=ARRAY(Text))),
        col(Membership.role) == any_(bindparam("roles", type_=ARRAY(Text))),
        valid(bindparam("now")),
    )
    .order_by(col(Membership.entity_id), col(Person.person_id))
)
_DESK = select(col(Person.person_id), col(Person.time_zone)).where(col(Person.desk)).order_by(col(Person.person_id))


async def search(session: AsyncSession, wanted: Search, now: datetime) -> Found:
    """People with a contact whose membership is valid at `now` (business time)."""
    given = {"entity_ids": wanted.entity_ids, "roles": wanted.roles, "now": now}
    entities = defaultdict(list)
    for entity_id, person_id, time_zone in await session.execute(_MEMBERS, given):
        entities[entity_id].append(Reachable(person_id=person_id, time_zone=time_zone))
    rows = await session.execute(_DESK) if wanted.desk else ()
    desk = [Reachable(person_id=person_id, time_zone=time_zone) for person_id, time_zone in rows]
    return Found(entities=entities, desk=desk)


_ROLES = (
    select(func.array_agg(col(Membership.role)))
    .where(
        col(Membership.entity_id) == bindparam("entity_id", type_=Text),
        col(Membership.person_id) == col(Person.person_id),
        col(Membership.role) == any_(bindparam("roles", type_=ARRAY(Text))),
        valid(bindparam("now")),
    )
    .scalar_subquery()
)
_ENTITY_NAME = (
    select(col(Entity.name)).where(col(Entity.entity_id) == bindparam("entity_id", type_=Text)).scalar_subquery()
)
_owners, _filers = core(Entity).alias(), core(Entity).alias()
# what is not public goes only to those who may see it: the pledge's own entity, who filed it, and the staff
_OWN = or_(*(one == bindparam("entity_id", type_=Text) for one in (col(Pledge.entity_id), col(Pledge.proxy_entity_id))))
_SEEN = or_(_OWN, col(PublicPledge.pledge_id).is_not(None))
_RESOLVE = (
    select(
        *(col(Person.person_id), col(Person.address), col(Person.name), col(Person.language)),
        *(col(Person.time_zone), col(Person.desk)),
        *(_ROLES.label("roles"), _ENTITY_NAME.label("entity_name")),
        case((_OWN, col(Pledge.title)), else_=col(PublicPledge.title)).label("pledge_title"),
        case((_SEEN, _owners.c.name)).label("pledge_entity"),
        case((_SEEN, _filers.c.name)).label("filed_by"),
    )
    .select_from(Person)
    .outerjoin(Pledge, col(Pledge.pledge_id) == bindparam("pledge_id", type_=Uuid))
    .outerjoin(PublicPledge, col(PublicPledge.pledge_id) == col(Pledge.pledge_id))
    .outerjoin(_owners, _owners.c.entity_id == col(Pledge.entity_id))
    .outerjoin(_filers, _filers.c.entity_id == col(Pledge.proxy_entity_id))
    .where(col(Person.person_id) == bindparam("person_id"))
)


async def resolve(session: AsyncSession, wanted: Resolve, seal: Seal, moment: Moment) -> Resolved | Unreachable:
    """Where to write to one person, if they are still on duty or act for the entity, and their action links."""
    given = wanted.model_dump(include={"person_id", "entity_id", "pledge_id", "roles"})
    row = (await session.execute(_RESOLVE, {**given, "now": moment.business})).mappings().first()
    if row is None:
        return Unreachable(reason="no_contact")
    if wanted.desk and not row["desk"]:
        return Unreachable(reason="not_on_duty")
    if not wanted.desk and not row["roles"]:
        return Unreachable(reason="no_membership")
    pledge_ids = wanted.pledge_ids if WRITERS.intersection(row["roles"] or ()) else []
    made = await links.issue(session, seal, wanted.person_id, wanted.entity_id, pledge_ids, moment.system)
    return Resolved.model_validate({**row, "links": made})


async def author(session: AsyncSession, wanted: WhoReported, now: datetime) -> Resolved | Unreachable:
    """Where to write to who made a report, if they are still a delegate of the entity that reported.

    Its focal points are written to as such, so that nobody is told twice.
    """
    found = await session.get(ProgressUpdate, (wanted.pledge_id, wanted.number))
    if found is None:
        return Unreachable(reason="no_contact")
    entity_id = await _reporter(session, found)
    roles = await _roles(session, found.person_id, entity_id, now)
    if FOCAL_POINT in roles or WRITERS.isdisjoint(roles):
        return Unreachable(reason="focal_point" if FOCAL_POINT in roles else "no_membership")
    asked = {"person_id": found.person_id, "entity_id": entity_id, "pledge_id": wanted.pledge_id}
    given = {**asked, "roles": [FOCAL_POINT], "now": now}
    row = (await session.execute(_RESOLVE, given)).mappings().first()
    return Resolved.model_validate(dict(row)) if row else Unreachable(reason="no_contact")


async def _roles(session: AsyncSession, person_id: str, entity_id: str | None, now: datetime) -> set[str]:
    return {one.role for one in await memberships(session, person_id, now) if one.entity_id == entity_id}


async def _reporter(session: AsyncSession, found: ProgressUpdate) -> str:
    """A partner, or the pledge's own entity."""
    if partner := Update.model_validate_json(found.document).reporter:
        return partner.entity_id
    own = select(col(Pledge.entity_id)).where(col(Pledge.pledge_id) == found.pledge_id)
    return str(await session.scalar(own))


async def spoken(session: AsyncSession, person_id: str) -> Spoken | Unreachable:
    """In which language and on which clock somebody is written to."""
    found = await session.get(Person, person_id)
    if found is None:
        return Unreachable(reason="no_contact")
    return Spoken.model_validate(found.model_dump(include=set(Spoken.model_fields)))


_others = core(Person).alias()


def _of_handover(person: str, other: str) -> Select[*tuple[Any, ...]]:
    """Both are columns of the handover."""
    handover = core(Handover).c
    return (
        select(
            *(col(Person.person_id), col(Person.address), col(Person.name), col(Person.language)),
            col(Entity.name).label("entity_name"),
            *(_others.c.name.label("other"), col(Handover.since), col(Handover.withdrawn_at)),
        )
        .select_from(Handover)
        .join(Entity, col(Entity.entity_id) == col(Handover.entity_id))
        .join(Person, col(Person.person_id) == handover[person])
        .outerjoin(_others, _others.c.person_id == handover[other])
        .where(col(Handover.handover_id) == bindparam("handover_id", type_=Uuid))
    )


_TOLD = {"former": _of_handover("former", "successor"), "successor": _of_handover("successor", "former")}


async def told(session: AsyncSession, wanted: WhomToTell) -> Told | Unreachable:
    """Where to write to one of the two of a handover; to nobody who has no contact, or was erased.

    Nobody is told any more of one that was withdrawn meanwhile, but that it was.
    """
    row = (await session.execute(_TOLD[wanted.part], {"handover_id": wanted.handover_id})).mappings().first()
    if row and (row["withdrawn_at"] is not None) != wanted.withdrawn:
        return Unreachable(reason="over")
    return Told.model_validate(dict(row)) if row else Unreachable(reason="no_contact")


_RANKS: tuple[Role, ...] = ("focal_point", "delegate", "viewer")


async def standing(session: AsyncSession, wanted: WhoWrote, now: datetime) -> Standing:
    """Whether who wrote may still write for the entity at `now` (business time), and from where they usually do."""
    roles = await _roles(session, wanted.person_id, wanted.entity_id, now)
    given = await session.scalar(select(col(Person.address)).where(col(Person.person_id) == wanted.person_id))
    same = given is not None and given.casefold() == wanted.address.strip().casefold()
    return Standing(role=next((role for role in _RANKS if role in roles), None), own_address=same)
