"""Routes of officers: who they are, and what each can be given."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage import leaving, officers
from services.network_support.triage.filters import PersonId
from services.network_support.triage.schemas import Left, OfficerFields, Officers, OfficerView
from shared.authors import staff
from shared.web.app import Using
from shared.web.auth import ADMINS, STAFF, Actor
from shared.web.etag import SeenRevision, etag
from shared.web.writing import Answer, Writing

router = APIRouter(tags=["officers"])

Staff = Annotated[Actor, Depends(STAFF)]
Admin = Annotated[Actor, Depends(ADMINS)]


@router.get("/officers", summary="Who the officers are, and how many open cases each has")
async def list_officers(_: Staff, parts: Using) -> Officers:
    """By id; what they are called, staff ask the pledges service: POST /people/names."""
    async with parts.database.transaction() as session:
        return Officers(items=await officers.everybody(session))


@router.get("/me/officer", response_model=OfficerView, summary="What I can be given by rule")
async def read_own(actor: Staff, parts: Using) -> Response:
    """The ETag is "0" while you have no profile: send it with PUT."""
    async with parts.database.transaction() as session:
        return _shown(await officers.one(session, actor.person)).response()


@router.put("/me/officer", response_model=OfficerView, summary="Say what I can be given by rule")
async def change_own(fields: OfficerFields, actor: Staff, seen: SeenRevision, writing: Writing) -> Response:
    """Regions, languages and objectives; nothing is given to who is away."""

    async def write(session: AsyncSession) -> Answer:
        return _shown(await officers.change(session, actor.person, seen, fields))

    return await writing.run(write)


@router.delete("/officers/{person_id}", response_model=Left, summary="Say that somebody is no officer any more")
async def leave(person_id: PersonId, actor: Admin, writing: Writing, parts: Using) -> Response:
    """For administrators. What they had goes back to the desk; what they did stays in the histories."""

    async def write(session: AsyncSession) -> Answer:
        count = await leaving.leave(session, person_id, staff(actor), parts.clock.moment())
        return Answer(200, Left(person_id=person_id, handed_back=count).model_dump_json())

    return await writing.run(write)


def _shown(view: OfficerView) -> Answer:
    return Answer(200, view.model_dump_json(), {"ETag": etag(view.revision)})
