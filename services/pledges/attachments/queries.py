"""Reading files. The function named public knows only what was published."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.attachments.models import Attachment
from services.pledges.attachments.schemas import AttachmentOut, AttachmentPage
from services.pledges.registry.records import Present
from services.pledges.tables import core
from shared.errors import NotFound
from shared.files.web import Stored
from shared.web import pagination

_table = core(Attachment).c
_STORED = select(_table.object, _table.name, _table.media_type, _table.size, _table.sha256).where(
    _table.attachment_id == bindparam("id"), _table.pledge_id == bindparam("of"), _table.removed_at.is_(None)
)
_PUBLIC = _STORED.where(_table.public_since.is_not(None))
_NEWEST = pagination.Order({col(Attachment.attachment_id): UUID}, newest_first=True)


async def public(session: AsyncSession, pledge_id: UUID, attachment_id: UUID) -> Stored:
    """Raises NotFound unless it is part of what was published."""
    return await _found(session, _PUBLIC, pledge_id, attachment_id)


def _seen(found: Present, *, by_filer: bool) -> ColumnElement[bool]:
    """Who filed a pledge in its entity's name sees its files, and not what the entity may report with."""
    if not by_filer:
        return true()
    pointed = _table.attachment_id == found.content.attachment
    return or_(_table.by == "proxy", _table.public_since.is_not(None), pointed)


async def of_working_copy(session: AsyncSession, found: Present, attachment_id: UUID, *, by_filer: bool) -> Stored:
    """The caller has checked who asks: `by_filer` those who only filed it. Raises NotFound."""
    return await _found(session, _STORED.where(_seen(found, by_filer=by_filer)), found.pledge_id, attachment_id)


async def _found(session: AsyncSession, query: Select[Any], pledge_id: UUID, attachment_id: UUID) -> Stored:
    row = (await session.execute(query, {"id": attachment_id, "of": pledge_id})).first()
    if row is None:
        raise NotFound("There is no such file, or you may not see it.")
    return Stored(*row)


async def files(
    session: AsyncSession, found: Present, limit: int, cursor: str | None, *, by_filer: bool
) -> AttachmentPage:
    """Newest first, removed ones too. The caller has checked who asks, as in `of_working_copy`."""
    query = select(Attachment).where(col(Attachment.pledge_id) == found.pledge_id, _seen(found, by_filer=by_filer))
    rows, more = await pagination.page(session, query, _NEWEST, f"files {found.pledge_id}", limit, cursor)
    return AttachmentPage(items=[AttachmentOut.model_validate(file.model_dump()) for (file,) in rows], next=more)
