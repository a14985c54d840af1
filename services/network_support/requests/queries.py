"""Reads of requests."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.clocks import queries as clocks
from services.network_support.memberships import NO_SUCH_REQUEST
from services.network_support.requests.lifecycle import State, Type
from services.network_support.requests.models import KnownPledge, RequestFeedback, RequestHistory, SupportRequest
from services.network_support.requests.schemas import HistoryLine, RequestView, history_line, view
from shared.errors import NotFound
from shared.web import pagination

_WITH_TITLE = select(SupportRequest, col(KnownPledge.title)).outerjoin(
    KnownPledge, col(KnownPledge.pledge_id) == col(SupportRequest.pledge_id)
)
_FIND = _WITH_TITLE.where(col(SupportRequest.request_id) == bindparam("request_id"))
_HISTORY = (
    select(RequestHistory, RequestFeedback)
    .outerjoin(
        RequestFeedback,
        and_(
            col(RequestFeedback.request_id) == col(RequestHistory.request_id),
            col(RequestFeedback.revision) == col(RequestHistory.revision),
        ),
    )
    .where(col(RequestHistory.request_id) == bindparam("request_id"))
    .order_by(col(RequestHistory.revision))
)

_NEWEST = pagination.Order({col(SupportRequest.request_id): UUID}, newest_first=True)


@dataclass(frozen=True)
class Filters:
    """Which requests; None does not narrow."""

    state: State | None = None
    entity_id: str | None = None
    pledge_id: UUID | None = None
    type: Type | None = None
    due_before: datetime | None = None

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Wanted:
    """One page of a list."""

    filters: Filters
    limit: int
    cursor: str | None


async def find(session: AsyncSession, request_id: UUID, now: datetime) -> RequestView:
    """With its clocks as of `now` (business time). Raises NotFound. Whether the caller may see it, the route asks."""
    row = (await session.execute(_FIND, {"request_id": request_id})).one_or_none()
    if row is None:
        raise NotFound(NO_SUCH_REQUEST)
    return view(*row, (await clocks.of(session, [request_id], now))[request_id])


async def history(session: AsyncSession, request_id: UUID) -> list[HistoryLine]:
    return [history_line(*row) for row in await session.execute(_HISTORY, {"request_id": request_id})]


async def page(
    session: AsyncSession, wanted: Wanted, now: datetime, entities: frozenset[str] | None = None
) -> tuple[list[RequestView], str | None]:
    """Newest first, and the cursor of the next page; of `entities` only, if given: else none that was never sent.

    Raises Invalid for a bad cursor.
    """
    # not the entities themselves: a membership that begins or ends between two pages must not spoil the cursor
    scope = f"requests, all: {entities is None}, {sorted(wanted.filters.given().items())}"
    statement = _narrowed(wanted.filters, entities)
    rows, more = await pagination.page(session, statement, _NEWEST, scope, wanted.limit, wanted.cursor)
    running = await clocks.of(session, [request.request_id for request, _ in rows], now)
    return [view(request, title, running[request.request_id]) for request, title in rows], more


def _narrowed(filters: Filters, entities: frozenset[str] | None) -> Select[SupportRequest, str]:
    statement = _WITH_TITLE
    for name, value in filters.given().items():
        condition = clocks.due_before(value) if name == "due_before" else getattr(SupportRequest, name) == value
        statement = statement.where(condition)
    if entities is None:
        return statement.where(col(SupportRequest.sent_at).is_not(None))
    return statement.where(col(SupportRequest.entity_id).in_(entities))
