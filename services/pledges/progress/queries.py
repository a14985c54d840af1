"""Reading reports. All of them are public."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.progress.models import ProgressUpdate
from services.pledges.progress.schemas import Update, UpdatePage
from services.pledges.registry.queries import require_public
from shared.web import pagination

_BY_NUMBER = pagination.Order({col(ProgressUpdate.number): pagination.number}, newest_first=True)


async def updates(session: AsyncSession, pledge_id: UUID, limit: int, cursor: str | None) -> UpdatePage:
    """Newest first. Raises NotFound for a pledge that nobody has published."""
    await require_public(session, pledge_id)
    query = select(col(ProgressUpdate.document), col(ProgressUpdate.number)).where(
        col(ProgressUpdate.pledge_id) == pledge_id
    )
    rows, more = await pagination.page(session, query, _BY_NUMBER, f"updates {pledge_id}", limit, cursor)
    return UpdatePage(items=[Update.model_validate_json(row.document) for row in rows], next=more)
