"""Reads of deliveries."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.deliveries.lifecycle import State
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.schemas import DeliveryPage, DeliveryShown
from shared.web import pagination

_NEWEST = pagination.Order({col(Delivery.id): UUID}, newest_first=True)


async def page(
    session: AsyncSession, *, state: str | None, template: str | None, limit: int, cursor: str | None
) -> DeliveryPage:
    """The newest first. Raises Invalid for a cursor of another list."""
    query = select(Delivery)
    if state:
        query = query.where(col(Delivery.state) == state)
    if template:
        query = query.where(col(Delivery.template) == template)
    rows, more = await pagination.page(session, query, _NEWEST, f"deliveries {state} {template}", limit, cursor)
    return DeliveryPage(items=[DeliveryShown.model_validate(delivery) for (delivery,) in rows], next=more)


async def abandoned(session: AsyncSession, at: datetime) -> timedelta:
    """How long ago the lease ended of a mail that is still being sent: nobody has taken it up since. Mostly nothing."""
    claimed = select(func.min(col(Delivery.lease_until))).where(col(Delivery.state) == State.SENDING)
    until = (await session.execute(claimed)).scalar_one()
    return max(timedelta(), at - until) if until else timedelta()
