"""What officers do with a work item besides what they do with every case."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage import assigning
from services.network_support.triage.lifecycle import Act
from services.network_support.work_items import raising
from shared.authors import Author
from shared.clock import Moment


async def settle(
    session: AsyncSession, act: Act, item_id: UUID, seen: int, reason: str, author: Author, moment: Moment
) -> None:
    """Done, or reopened.

    Raises NotFound, Stale, and Conflict for a request, where the stage does not allow it, and where an entity would
    have two items of a kind.
    """
    case = await assigning.locked(session, item_id, seen)
    if act == "reopened":
        await raising.require_none_open(session, case)
        case.officer = None
    await assigning.record(session, case, act, author, moment, reason=reason)
