"""Reads of offers."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.offers.commands import NO_SUCH_OFFER
from services.network_support.offers.lifecycle import Kind, State
from services.network_support.offers.models import Offer, OfferHistory
from services.network_support.offers.schemas import OfferLine, OfferView, line, view
from services.network_support.requests.lifecycle import Type
from shared.errors import NotFound
from shared.web import pagination

_last_return = (
    select(col(OfferHistory.reason))
    .where(col(OfferHistory.offer_id) == col(Offer.offer_id), col(OfferHistory.step) == "returned")
    .order_by(col(OfferHistory.revision).desc())
    .limit(1)
    .correlate(Offer)
    .scalar_subquery()
)
_RETURNED = case((col(Offer.state) == "changes_requested", _last_return))
_ALL = select(Offer, _RETURNED.label("returned"))
_FIND = _ALL.where(col(Offer.offer_id) == bindparam("offer_id")).execution_options(populate_existing=True)
_HISTORY = (
    select(OfferHistory).where(col(OfferHistory.offer_id) == bindparam("offer_id")).order_by(col(OfferHistory.revision))
)
_NEWEST = pagination.Order({col(Offer.offer_id): UUID}, newest_first=True)


@dataclass(frozen=True)
class Filters:
    """Which offers; None does not narrow."""

    state: State | None = None
    kind: Kind | None = None
    entity_id: str | None = None
    objective: str | None = None
    type: Type | None = None
    matchable: Literal["yes"] | None = None

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Wanted:
    """One page of a list."""

    filters: Filters
    limit: int
    cursor: str | None


async def find(session: AsyncSession, offer_id: UUID, today: date) -> OfferView:
    """Raises NotFound. Whether the caller may see it, the route asks."""
    row = (await session.execute(_FIND, {"offer_id": offer_id})).one_or_none()
    if row is None:
        raise NotFound(NO_SUCH_OFFER)
    return view(row.Offer, today, row.returned)


async def history(session: AsyncSession, offer_id: UUID) -> list[OfferLine]:
    return [line(step) for step in (await session.execute(_HISTORY, {"offer_id": offer_id})).scalars()]


async def page(
    session: AsyncSession, wanted: Wanted, today: date, entities: frozenset[str] | None = None
) -> tuple[list[OfferView], str | None]:
    """Newest first, and the cursor of the next page; of `entities` only, if given. Raises Invalid for a bad cursor."""
    # not the entities themselves: a membership that begins or ends between two pages must not spoil the cursor
    scope = f"offers, all: {entities is None}, {sorted(wanted.filters.given().items())}"
    statement = _narrowed(wanted.filters, today)
    if entities is not None:
        statement = statement.where(col(Offer.entity_id).in_(entities))
    rows, more = await pagination.page(session, statement, _NEWEST, scope, wanted.limit, wanted.cursor)
    return [view(row.Offer, today, row.returned) for row in rows], more


def _narrowed(filters: Filters, today: date) -> Select[Offer, str | None]:
    statement = _ALL
    for name, value in filters.given().items():
        match name:
            case "objective":
                statement = statement.where(or_(col(Offer.objectives).contains([value]), col(Offer.objectives) == []))
            case "type":
                statement = statement.where(or_(col(Offer.types).contains([value]), col(Offer.types) == []))
            case "matchable":
                statement = statement.where(*matchable(today))
            case _:
                statement = statement.where(getattr(Offer, name) == value)
    return statement


def matchable(today: date) -> tuple[ColumnElement[bool], ...]:
    """What lifecycle.availability calls available."""
    begins, ends, capacity = col(Offer.valid_from), col(Offer.valid_until), col(Offer.capacity)
    return (
        col(Offer.state) == "open",
        or_(begins.is_(None), begins <= today),
        or_(ends.is_(None), ends >= today),
        or_(capacity.is_(None), col(Offer.used) < capacity),
    )
