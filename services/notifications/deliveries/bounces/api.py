"""POST /bounces"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.bounces.reading import read
from services.notifications.deliveries.bounces.schemas import Taken
from shared.web.app import Using
from shared.web.auth import SERVICES
from shared.web.writing import Answer, Writing

router = APIRouter(tags=["bounces"], dependencies=[Depends(SERVICES)])


async def desk(request: Request) -> Desk:
    found: Desk = request.app.state.bounces
    return found


@router.post("/bounces", response_model=Taken, summary="A mail that came to the return path")
async def take_bounce(
    bounces: Annotated[Desk, Depends(desk)],
    writing: Writing,
    using: Using,
    raw: Annotated[bytes, Body(media_type="message/rfc822", description="As it came, with all its headers")] = b"",
) -> Response:
    """A report on delivery (RFC 3464) or a complaint (RFC 5965); whatever else comes, or lies, changes nothing.

    Always answered, so that a mail server has nothing to send back. The same one again changes nothing, and needs no
    Idempotency-Key.
    """
    at, found = using.clock.system(), await asyncio.to_thread(read, raw)

    async def write(session: AsyncSession) -> Answer:
        effects = [await bounces.take(session, returned, at) for returned in found]
        return Answer(200, Taken(effects=effects).model_dump_json())

    return await writing.run(write)
