"""What keeps open pages of the board up to date: the service's events for the officer, and small pieces of pages.

Pages do everything without it; static/live.js asks for it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.portal import officers, ticking
from services.portal.access import Person, Staff, waiting_client
from services.portal.csrf import Form
from services.portal.page import language_of, page
from services.portal.pages.board import count, named
from services.portal.parts import Parts, Using, parts_of
from shared.client import Away
from shared.client.sending import Download

router = APIRouter()

LIVE = "/desk/live"
RETRY = b"retry: 3000\n\n"  # milliseconds until a browser that lost the line comes again
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(LIVE)
async def live(request: Request, person: Staff, parts: Using, after: str = "") -> Response:
    """Server-sent events from `after` on. While the service is away, an empty answer: the browser comes again."""
    place = request.headers.get("last-event-id") or after
    try:
        found = await waiting_client(request, person).support.board_events(after=place or None)
    except Away:
        return Response(RETRY, media_type="text/event-stream", headers=HEADERS)
    return StreamingResponse(_passed_on(request, parts, found), media_type="text/event-stream", headers=HEADERS)


async def _passed_on(request: Request, parts: Parts, found: Download) -> AsyncIterator[bytes]:
    """Until the service, the session or this process ends it."""
    stopping = asyncio.ensure_future(parts.stop.wait())
    try:
        async with aclosing(aiter(found)) as pieces:  # type: ignore[type-var] # a generator, which is closed
            while parts.sessions.read(request) and (piece := await _next(pieces, stopping)):
                yield piece
    finally:
        stopping.cancel()


async def _next(pieces: AsyncIterator[bytes], stopping: "asyncio.Task[Literal[True]]") -> bytes | None:
    following: asyncio.Task[bytes | None] = asyncio.ensure_future(anext(pieces, None))
    try:
        await asyncio.wait([following, stopping], return_when=asyncio.FIRST_COMPLETED)
        with suppress(Away):  # it broke off
            return following.result() if following.done() else None
        return None
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await following


@router.get(LIVE + "/cases/{case_id}")
async def row(request: Request, case_id: UUID, person: Staff) -> Response:
    """A case as it stands on the board."""
    language, now = language_of(request), parts_of(request).clock.business()
    case = await person.client.support.case(case_id)
    given: dict[str, Any] = {
        "one": case,
        "called": named(language, case),
        "due": ticking.line(language, case.due_at, now),
        "names": await officers.names(person, [case.officer]),
    }
    return page(request, "board_row.html", **given)


@router.get(LIVE + "/queues")
async def counts(request: Request, person: Staff) -> JSONResponse:
    """How much each queue has, as it is written on the page."""
    language = language_of(request)
    found = {one.queue: count(language, one) for one in (await person.client.support.queues()).items}
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


@router.post(LIVE + "/cases/{case_id}/here")
async def here(request: Request, case_id: UUID, person: Staff, _: Form) -> JSONResponse:
    """The page is open; with whom else, and within how many seconds to say so again."""
    found = await person.client.support.be_here(case_id)
    names = await _names(person, [one.person_id for one in found.others_here])
    given = {"others": language_of(request).listed(names), "within": found.beat_within}
    return JSONResponse(given, headers={"Cache-Control": "no-store"})


@router.post(LIVE + "/cases/{case_id}/gone")
async def gone(case_id: UUID, person: Staff, _: Form) -> Response:
    """The page is closed."""
    await person.client.support.be_gone(case_id)
    return Response(status_code=204)


async def _names(person: Person, ids: list[str]) -> list[str]:
    known = await officers.names(person, ids)
    return [known.get(one, one) for one in ids]
