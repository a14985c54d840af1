"""Routes of progress."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.progress import commands, evidence, links, queries
from services.pledges.progress.schemas import (
    MOST_REPORTS,
    Check,
    Checked,
    CheckPage,
    LinkShown,
    LinkToken,
    LinkUse,
    Report,
    Update,
    UpdatePage,
)
from services.pledges.progress.sealing import Seal
from services.pledges.registry.api import call_of
from shared.web.app import Using
from shared.web.auth import ANYONE, LINK_HOLDER, SIGNED_IN, STAFF, STAFF_OR_REVIEWER, Actor
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once, Writing

router = APIRouter()
TAGS: list[str | Enum] = ["progress"]
CHECKS: list[str | Enum] = ["evidence"]
Number = Annotated[int, Path(ge=1, le=MOST_REPORTS, examples=[1], description="Of the report")]
LINKS: list[str | Enum] = ["action links"]


@router.post(
    "/pledges/{pledge_id}/updates", tags=TAGS, status_code=201, response_model=Update, summary="Report on a pledge"
)
async def report(
    pledge_id: UUID, said: Report, actor: Annotated[Actor, Depends(SIGNED_IN)], once: Once, parts: Using
) -> Response:
    """For focal points and delegates of its entity and its partners; voluntary (¶77).

    A mistake is corrected by another report, which names the one that it replaces.
    """
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        made = await commands.report(session, pledge_id, said, call)
        return Answer(201, made.model_dump_json(), {"Location": f"/pledges/{pledge_id}/updates"})

    return await once(actor, write)


@router.get("/pledges/{pledge_id}/updates", tags=TAGS, dependencies=[Depends(ANYONE)], summary="What was reported")
async def updates(
    pledge_id: UUID, request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> UpdatePage:
    """Newest first."""
    async with parts.database.transaction() as session:
        page = await queries.updates(session, pledge_id, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


@router.post(
    "/pledges/{pledge_id}/updates/{number}/check", tags=CHECKS, response_model=Checked, summary="Confirm its evidence"
)
async def check(
    pledge_id: UUID, number: Number, said: Check, actor: Annotated[Actor, Depends(STAFF)], once: Once, parts: Using
) -> Response:
    """Or decline, with the reason; where its entity asked for it. The last answer holds."""
    call = call_of(parts, actor)

    async def write(session: AsyncSession) -> Answer:
        found = await evidence.check(session, pledge_id, number, said, call)
        return Answer(200, found.model_dump_json())

    return await once(actor, write)


@router.get("/pledges/{pledge_id}/updates/{number}/check", tags=CHECKS, summary="How the check of its evidence stands")
async def checked(
    pledge_id: UUID, number: Number, actor: Annotated[Actor, Depends(SIGNED_IN)], parts: Using
) -> Checked:
    """For the members of the pledge's entities, staff and reviewers."""
    async with parts.database.transaction() as session:
        await evidence.require_reader(session, pledge_id, call_of(parts, actor))
        return await queries.checked(session, pledge_id, number)


@router.get("/evidence-checks", tags=CHECKS, dependencies=[Depends(STAFF_OR_REVIEWER)], summary="What waits for it")
async def checks(
    request: Request, response: Response, parts: Using, limit: Limit = 20, cursor: Cursor = None
) -> CheckPage:
    """Reports whose entities asked for it."""
    async with parts.database.transaction() as session:
        page = await queries.waiting(session, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page


async def seal(request: Request) -> Seal:
    found: Seal = request.app.state.seal
    return found


Sealing = Annotated[Seal, Depends(seal)]


@router.post("/links/check", tags=LINKS, dependencies=[Depends(LINK_HOLDER)], summary="What would this link record")
async def check_link(held: LinkToken, response: Response, sealing: Sealing, parts: Using) -> LinkShown:
    """For the page that a reminder leads to. Changes nothing, however often it is asked."""
    response.headers["Cache-Control"] = "no-store"
    grant = sealing.grant(held.token)
    async with parts.database.transaction() as session:
        return await links.check(session, grant, parts.clock.moment())


@router.post(
    "/links/use",
    tags=LINKS,
    status_code=201,
    response_model=Update,
    dependencies=[Depends(LINK_HOLDER)],
    summary="Report by an action link",
)
async def use_link(held: LinkUse, sealing: Sealing, writing: Writing, parts: Using) -> Response:
    """Once, without signing in; the membership is checked now. Needs no Idempotency-Key: the link itself is one."""
    grant, moment = sealing.grant(held.token), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        made = await links.use(session, grant, held.report, moment)
        return Answer(201, made.model_dump_json(), {"Location": f"/pledges/{grant.pledge_id}/updates"})

    return await writing.run(write)
