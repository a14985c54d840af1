"""Reads of deliveries."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.deliveries.models import Delivery


async def page(
    session: AsyncSession, *, state: str | None, template: str | None, after: UUID | None, limit: int
) -> Sequence[Delivery]:
    """The newest first; `after` is the id of the last row of the page before. One more than `limit`, if there is."""
    query = select(Delivery).order_by(col(Delivery.id).desc()).limit(limit + 1)
    if state:
        query = query.where(col(Delivery.state) == state)
    if template:
        query = query.where(col(Delivery.template) == template)
    if after:
        query = query.where(col(Delivery.id) < after)
    return (await session.scalars(query)).all()
