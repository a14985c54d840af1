"""Brings the reference data into the tables: States with their groups, review cycles with their milestones.

May be repeated: only what differs is written, and told. What people have changed since stays as they left it.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.reference import load_states
from services.pledges.reviews.commands import alone
from services.pledges.reviews.reference import load_calendar
from services.pledges.statistics import rollups as statistics
from shared.clock import Clock, Moment
from shared.db import Database


@dataclass(frozen=True)
class Loaded:
    """How many rows were added or changed."""

    entities: int
    milestones: int


async def load_into(owner_url: str, clock: Clock) -> Loaded:
    """As the role that owns the tables, in one transaction; then statistics of another shape are counted anew."""
    database = Database(owner_url, application="pledges reference", pool=2)
    try:
        async with database.transaction() as session:
            loaded = await load(session, clock.moment())
        await statistics.bring_up(database)
        return loaded
    finally:
        await database.close()


async def load(session: AsyncSession, moment: Moment) -> Loaded:
    """One load at a time; another waits."""
    await alone(session)
    return Loaded(await load_states(session, moment), await load_calendar(session, moment))
