"""Reading imports."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.exchange import commands, lifecycle
from services.pledges.exchange.models import ImportJob, ImportPart, ImportRow
from services.pledges.exchange.schemas import FaultView, Import, ImportPage, Row, RowPage
from shared.web import pagination

_NEWEST = pagination.Order({col(ImportJob.import_id): UUID}, newest_first=True)
_BY_NUMBER = pagination.Order({col(ImportRow.number): pagination.number})
_RECEIVED = (
    select(func.coalesce(func.sum(func.length(col(ImportPart.content))), 0))
    .where(col(ImportPart.import_id) == col(ImportJob.import_id))
    .scalar_subquery()
)
_BAD = (
    select(ImportRow)
    .where(
        col(ImportRow.import_id) == bindparam("id"),
        col(ImportRow.state) == "bad",
        col(ImportRow.number) > bindparam("after"),
    )
    .order_by(col(ImportRow.number))
    .limit(200)
)


async def view(session: AsyncSession, job: ImportJob) -> Import:
    sent = job.state != "uploading"  # from then on nothing more is taken
    return _view(job, job.size if sent else await commands.received(session, job.import_id))


def _view(job: ImportJob, received: int) -> Import:
    fault = FaultView(**json.loads(job.fault)) if job.fault else None
    given = job.model_dump(exclude={"fault"})
    return Import.model_validate({**given, "fault": fault, "received": received, "part_size": lifecycle.PART})


async def mine(session: AsyncSession, person: str, limit: int, cursor: str | None) -> ImportPage:
    """Newest first."""
    received = case((col(ImportJob.state) == "uploading", _RECEIVED), else_=col(ImportJob.size))
    query = select(ImportJob, received.label("received")).where(col(ImportJob.person_id) == person)
    rows, more = await pagination.page(session, query, _NEWEST, f"imports {person}", limit, cursor)
    return ImportPage(items=[_view(job, received) for job, received in rows], next=more)


async def rows(session: AsyncSession, import_id: UUID, state: str | None, limit: int, cursor: str | None) -> RowPage:
    """In the order of the file."""
    query = select(ImportRow).where(col(ImportRow.import_id) == import_id)
    if state:
        query = query.where(col(ImportRow.state) == state)
    found, more = await pagination.page(session, query, _BY_NUMBER, f"rows {import_id} {state}", limit, cursor)
    return RowPage(items=[_row(one) for (one,) in found], next=more)


def _row(one: ImportRow) -> Row:
    plain = one.model_dump(include={"number", "place", "state", "pledge_id"})
    return Row.model_validate({**plain, "faults": faults(one)})


def faults(one: ImportRow) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(one.faults)
    return found


async def bad_rows(session: AsyncSession, import_id: UUID, after: int) -> Sequence[ImportRow]:
    """The next bad rows, in the order of the file."""
    return (await session.scalars(_BAD, {"id": import_id, "after": after})).all()
