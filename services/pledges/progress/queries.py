"""Reading reports. All of them are public."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.progress.models import ProgressUpdate
from services.pledges.progress.schemas import Update, UpdatePage
from services.pledges.registry.queries import require_public
from shared.web import pagination


async def updates(session: AsyncSession, pledge_id: UUID, limit: int, cursor: str | None) -> UpdatePage:
    """Newest first. Raises NotFound for a pledge that nobody has published."""
    await require_public(session, pledge_id)
    scope = f"updates {pledge_id}"
    query = select(col(ProgressUpdate.document), col(ProgressUpdate.number)).where(
        col(ProgressUpdate.pledge_id) == pledge_id
    )
    if cursor:
        [before] = pagination.decode(cursor, scope, pagination.number)
        query = query.where(col(ProgressUpdate.number) < before)
    rows = (await session.execute(query.order_by(col(ProgressUpdate.number).desc()).limit(limit + 1))).all()
    items = [Update.model_validate_json(row.document) for row in rows[:limit]]
    more = pagination.encode([items[-1].number], scope) if len(rows) > limit else None
    return UpdatePage(items=items, next=more)
