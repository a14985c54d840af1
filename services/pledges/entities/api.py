"""Routes of entities and memberships."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities import authority, commands, handover, memberships, queries, withdrawal
from services.pledges.entities.schemas import (
    Entities,
    EntityFields,
    EntityOut,
    GroupCode,
    HandoverOut,
    Handovers,
    Kind,
    Members,
    MembershipOut,
    NewEntity,
    NewHandover,
    NewMembership,
)
from services.pledges.times import Day
from shared.authors import staff
from shared.errors import Forbidden, NotFound
from shared.web.app import Using
from shared.web.auth import ADMINS, ANYONE, SIGNED_IN, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.text import Text
from shared.web.writing import Answer, Once, Writing

router = APIRouter()

Admin = Annotated[Actor, Depends(ADMINS)]
SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
PUBLIC = [Depends(ANYONE)]
ENTITIES: list[str | Enum] = ["entities"]
MEMBERSHIPS: list[str | Enum] = ["memberships"]


def _answer(entity: EntityOut, status: int = 200) -> Answer:
    headers = {"ETag": etag(entity.revision), "Location": f"/entities/{entity.entity_id}"}
    return Answer(status, entity.model_dump_json(), headers)


def _page(request: Request, page: Entities | Members) -> Response:
    return Response(page.model_dump_json(), headers=next_link(request, page.next), media_type="application/json")


@router.get("/entities", tags=ENTITIES, dependencies=PUBLIC, response_model=Entities, summary="Find entities")
async def find(
    request: Request,
    parts: Using,
    kind: Annotated[Kind | None, Query(description="Only of this kind")] = None,
    q: Annotated[
        Text | None, Query(max_length=200, description="Words of any name or alias", examples=["Montreal"])
    ] = None,
    group: Annotated[GroupCode | None, Query(description="Only those in this region or group (¶69)")] = None,
    on: Annotated[Day | None, Query(description="The day on which they are in the group; none: today")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """States, cities, organizations and all others who may pledge, by name. Accents and case make no difference."""
    wanted = queries.Wanted(kind, q, group, on or parts.clock.business().date())
    async with parts.database.transaction() as session:
        return _page(request, await queries.entities(session, wanted, limit, cursor))


@router.get(
    "/entities/{entity_id}", tags=ENTITIES, dependencies=PUBLIC, response_model=EntityOut, summary="Read one entity"
)
async def read(entity_id: str, parts: Using) -> Response:
    """With its names, its regions and groups. Its ETag goes into If-Match."""
    async with parts.database.transaction() as session:
        found = await queries.entity(session, entity_id)
    return Answer(200, found.model_dump_json(), {"ETag": etag(found.revision)}).response()


@router.post("/entities", tags=ENTITIES, status_code=201, response_model=EntityOut, summary="Add an entity")
async def add(new: NewEntity, actor: Admin, once: Once, parts: Using) -> Response:
    """For administrators. The code is for ever; a taken one is a conflict (409)."""

    async def write(session: AsyncSession) -> Answer:
        return _answer(await commands.add(session, staff(actor), new, parts.clock.moment()), 201)

    return await once(actor, write)


@router.put("/entities/{entity_id}", tags=ENTITIES, response_model=EntityOut, summary="Change an entity")
async def change(
    entity_id: str, fields: EntityFields, actor: Admin, seen: SeenRevision, writing: Writing, parts: Using
) -> Response:
    """For administrators. Send all fields: what is left out is emptied."""

    async def write(session: AsyncSession) -> Answer:
        return _answer(await commands.change(session, staff(actor), entity_id, seen, fields, parts.clock.moment()))

    return await writing.run(write)


@router.post(
    "/entities/{entity_id}/memberships",
    tags=MEMBERSHIPS,
    status_code=201,
    response_model=MembershipOut,
    summary="Let somebody act for an entity",
)
async def give(entity_id: str, new: NewMembership, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For Network staff; focal points give those of delegates and viewers.

    Focal points and delegates write, viewers read; only focal points receive mail. Machines: for staff alone.
    """

    async def write(session: AsyncSession) -> Answer:
        given = await memberships.give(session, actor, entity_id, new, parts.clock.moment())
        return Answer(201, given.model_dump_json(), {"Location": f"/entities/{entity_id}/memberships"})

    return await once(actor, write)


@router.post(
    "/entities/{entity_id}/memberships/{membership_id}/end",
    tags=MEMBERSHIPS,
    response_model=MembershipOut,
    summary="End a membership now",
)
async def end(entity_id: str, membership_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For Network staff; focal points end those of delegates and viewers.

    This service refuses the person at once, the others within a minute.
    """

    async def write(session: AsyncSession) -> Answer:
        ended = await memberships.end(session, actor, entity_id, membership_id, parts.clock.moment())
        return Answer(200, ended.model_dump_json())

    return await once(actor, write)


@router.post(
    "/entities/{entity_id}/handover",
    tags=MEMBERSHIPS,
    status_code=201,
    response_model=HandoverOut,
    summary="Hand a focal point's place over",
)
async def hand_over(entity_id: str, wish: NewHandover, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For the focal point; Network staff name the membership. Both get a mail, and the entity's work stays its own."""

    async def write(session: AsyncSession) -> Answer:
        made = await handover.hand_over(session, actor, entity_id, wish, parts.clock.moment())
        return Answer(201, made.model_dump_json(), {"Location": f"/entities/{entity_id}/memberships"})

    return await once(actor, write, gives_up=True)


@router.get("/entities/{entity_id}/handovers", tags=MEMBERSHIPS, summary="Which handovers are planned")
async def planned(entity_id: str, actor: SignedIn, parts: Using) -> Handovers:
    """For the entity's own members, staff and reviewers."""
    async with parts.database.transaction() as session:
        return await withdrawal.planned(session, actor, entity_id, parts.clock.business())


@router.post(
    "/entities/{entity_id}/handovers/{handover_id}/withdraw",
    tags=MEMBERSHIPS,
    response_model=HandoverOut,
    summary="Withdraw a planned handover",
)
async def withdraw(entity_id: str, handover_id: UUID, actor: SignedIn, once: Once, parts: Using) -> Response:
    """For who planned it, and Network staff, until it has happened. Both of the two get a mail."""

    async def write(session: AsyncSession) -> Answer:
        done = await withdrawal.withdraw(session, actor, entity_id, handover_id, parts.clock.moment())
        return Answer(200, done.model_dump_json())

    return await once(actor, write)


@router.get(
    "/entities/{entity_id}/memberships", tags=MEMBERSHIPS, response_model=Members, summary="Who acts for an entity"
)
async def members(
    entity_id: str,
    request: Request,
    actor: SignedIn,
    parts: Using,
    ended: Annotated[bool, Query(description="Also those that have ended or not begun")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """For the entity's own members, staff and reviewers. Names, never addresses."""
    now = parts.clock.business()
    async with parts.database.transaction() as session:
        who = await authority.find_standing(session, actor, entity_id, now)
        if who is None:
            raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
        if not who.may_read:
            raise Forbidden(f"Only members of {who.entity.name}, Network staff and reviewers may see this.")
        return _page(request, await queries.members(session, entity_id, None if ended else now, limit, cursor))
