"""What came out of a milestone: recorded and corrected by staff, every version kept and public."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.reviews import commands, lifecycle, queries
from services.pledges.reviews.models import Milestone, MilestoneOutcome
from services.pledges.reviews.schemas import Outcome, OutcomeOut, OutcomePage
from shared.authors import Author
from shared.clock import Moment
from shared.errors import Conflict
from shared.reference.dates import PartialDate
from shared.web import etag, pagination

_NEWEST = pagination.Order({col(MilestoneOutcome.version): pagination.number}, newest_first=True)


async def record(
    session: AsyncSession, author: Author, code: str, seen: int, said: Outcome, moment: Moment
) -> Milestone:
    """The first version, or the next one. Without a difference nothing is written.

    Raises NotFound, Stale unless `seen` is its revision, and Conflict before it begins, at its seat.
    """
    found = await queries.milestone(session, code, lock=True)
    etag.require(seen, found.revision)
    if moment.business < lifecycle.begins_at(PartialDate(found.starts), found.time_zone):
        raise Conflict("It has not begun, so it has no outcome yet.")
    last = OutcomeOut.model_validate(found.outcome) if found.outcome else None
    wanted = said.model_copy(update={"region": said.region or found.group_code})
    if last is None or Outcome.model_validate(last.model_dump(include=set(Outcome.model_fields))) != wanted:
        await _write(session, author, found, _next(wanted, last, moment.business), moment)
    return found


def _next(said: Outcome, last: OutcomeOut | None, at: datetime) -> OutcomeOut:
    return OutcomeOut(**said.model_dump(), version=last.version + 1 if last else 1, at=at)


async def _write(session: AsyncSession, author: Author, found: Milestone, made: OutcomeOut, moment: Moment) -> None:
    document = made.model_dump(mode="json")
    row = {"code": found.code, "version": made.version, "document": document}
    await session.execute(insert(MilestoneOutcome), row)
    reason = "Its outcome was recorded." if made.version == 1 else "Its outcome was corrected."
    await commands.change(session, author, found, {"outcome": document}, reason, moment)


async def versions(session: AsyncSession, code: str, limit: int, cursor: str | None) -> OutcomePage:
    """All of them, newest first. Raises NotFound."""
    await queries.milestone(session, code)
    query = select(MilestoneOutcome).where(col(MilestoneOutcome.code) == code)
    rows, more = await pagination.page(session, query, _NEWEST, f"outcomes {code}", limit, cursor)
    return OutcomePage(items=[OutcomeOut.model_validate(found.document) for (found,) in rows], next=more)
