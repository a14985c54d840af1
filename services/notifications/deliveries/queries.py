"""Reads of deliveries."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

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
