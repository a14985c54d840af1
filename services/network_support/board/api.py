"""Routes of the live board. For the Network's staff alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.network_support.board import positions, queries
from services.network_support.board.schemas import Place
from services.network_support.board.streaming import Streams
from services.network_support.board.wire import MEDIA_TYPE
from shared.web.app import Using
from shared.web.auth import STAFF, Actor

router = APIRouter(prefix="/board", tags=["board"])

Staff = Annotated[Actor, Depends(STAFF)]
LONGEST = 100  # characters

SAYS = """Server-sent events: `begun` with the first id, `changed` for each case that changed, `resync` when what was
missed is no longer known, `beat` every ten seconds, `over` at the end of the token. The data of `changed` is JSON: the
case's id and revision, what changed (new, stage, officer, priority, clock, conversation, presence), who did it, and
which officer. A client that lost the connection sends the id of the last event that it had, as `Last-Event-ID` or as
`after`, and misses nothing."""
EVENTS: dict[str, Any] = {
    "schema": {"type": "string"},
    "example": "id: 84512-31-1732788000\nevent: changed\n"
    'data: {"case_id":"01922f00-0000-7000-8000-000000000002","revision":2,"changed":["officer"],'
    '"by":"network_staff","officer":"6b1f0a3e-0003-4000-8000-000000000003"}\n\n',
}


@router.get("", summary="Where the board is now")
async def read_place(_: Staff, parts: Using) -> Place:
    """Ask before you read cases, and follow the events from there: then nothing is missed in between."""
    async with parts.database.transaction() as session:
        here = positions.begin(await queries.present(session), parts.clock.system())
    return Place(position=str(here))


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: EVENTS}, "description": SAYS}},
    summary="What changes on the desk, as it changes",
)
async def follow(
    request: Request,
    actor: Staff,
    after: Annotated[str | None, Query(max_length=LONGEST, description="The id of the last event that you had")] = None,
    last_event_id: Annotated[str | None, Header(max_length=LONGEST, description="The same, as browsers say it")] = None,
) -> StreamingResponse:
    """Ids and codes only; what a case is like now, GET /cases/{case_id} says. Ends with the token."""
    streams: Streams = request.app.state.streams
    stack = AsyncExitStack()
    subscriber = await stack.enter_async_context(streams.feed.subscribed())
    return _Open(stack, streams.events(subscriber, actor, last_event_id or after))


class _Open(StreamingResponse):
    """The board is open as long as somebody listens."""

    def __init__(self, stack: AsyncExitStack, events: AsyncIterator[bytes]) -> None:
        super().__init__(
            events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, media_type=MEDIA_TYPE
        )
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)
