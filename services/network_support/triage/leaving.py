"""An officer is one no longer, or is erased: what they had goes back to the desk."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.triage import assigning
from services.network_support.triage.models import Case, Officer, Presence, SavedQueue
from shared.authors import Author
from shared.clock import Moment
from shared.errors import NotFound

_OWN = (
    select(Case)
    .where(col(Case.is_open))
    .order_by(col(Case.case_id))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def leave(session: AsyncSession, person_id: str, author: Author, moment: Moment) -> int:
    """How many cases went back. Raises NotFound."""
    if await session.get(Officer, person_id) is None:
        raise NotFound("There is no such officer; see GET /officers.")
    return await forget(session, person_id, author, moment)


async def forget(session: AsyncSession, person_id: str, author: Author, moment: Moment) -> int:
    """All that is kept of somebody as an officer; their id stays in histories. How many cases went back."""
    cases = (await session.execute(_OWN.where(col(Case.officer) == person_id))).scalars().all()
    for case in cases:
        case.officer = None
        facts = {"from": person_id, "why": "left"}
        await assigning.record(session, case, "handed_back", author, moment, facts=facts)
    for table in (Officer, SavedQueue, Presence):
        await session.execute(delete(table).where(col(table.person_id) == person_id))
    return len(cases)
