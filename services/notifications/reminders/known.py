"""The local copies of pledges and milestones: upserts that only something newer passes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.reminders.lifecycle import Milestone
from services.notifications.reminders.models import KnownMilestone, KnownPledge
from shared.events.pledges import PledgeSnapshot
from shared.events.reviews import MilestoneSnapshot

_NEWER_PLEDGE = insert(KnownPledge)
_PUT_PLEDGE = _NEWER_PLEDGE.on_conflict_do_update(
    index_elements=["pledge_id"],
    set_={name: value for name, value in _NEWER_PLEDGE.excluded.items() if name != "pledge_id"},
    where=col(KnownPledge.sequence) < _NEWER_PLEDGE.excluded.sequence,
)
_NEWER_MILESTONE = insert(KnownMilestone)
_PUT_MILESTONE = _NEWER_MILESTONE.on_conflict_do_update(
    index_elements=["code"],
    set_={name: value for name, value in _NEWER_MILESTONE.excluded.items() if name != "code"},
    where=col(KnownMilestone.sequence) < _NEWER_MILESTONE.excluded.sequence,
)
_MILESTONES = text("""
select code, cycle, cycle_opens, starts, tentative, reminders from known_milestone order by code
""")
_CHANGED = text("""
select greatest((select max(changed_at) from known_pledge), (select max(changed_at) from known_milestone))
""")


async def put_pledge(session: AsyncSession, pledge: PledgeSnapshot, at: datetime) -> None:
    row = {
        "pledge_id": pledge.pledge_id,
        "entity_id": pledge.entity.entity_id,
        "title": pledge.title,
        "state": pledge.state,
        "review_cycle": pledge.review_cycle,
        "first_published_at": pledge.first_published_at,
        "last_reported_at": pledge.progress.last_reported_at,
        "partner_ids": _partners(pledge),
        "sequence": pledge.sequence,
        "changed_at": at,
    }
    await session.execute(_PUT_PLEDGE, row)


def _partners(pledge: PledgeSnapshot) -> list[str]:
    """Who dissents does not stand behind it, and is not asked how it goes."""
    dissent = {one.entity.entity_id for one in pledge.sign_offs if one.answer == "dissented"}
    return [one for one in pledge.partner_entities if one not in dissent]


async def put_milestone(session: AsyncSession, milestone: MilestoneSnapshot, at: datetime) -> None:
    row = {
        "code": milestone.code,
        "cycle": milestone.cycle,
        "cycle_opens": milestone.cycle_opens,
        "names": milestone.names,
        "starts": str(milestone.starts),
        "tentative": milestone.tentative,
        "reminders": milestone.reminders and not milestone.cancelled,
        "sequence": milestone.sequence,
        "changed_at": at,
    }
    await session.execute(_PUT_MILESTONE, row)


async def forget_pledge(session: AsyncSession, key: str) -> None:
    await session.execute(delete(KnownPledge).where(col(KnownPledge.pledge_id) == UUID(key)))


async def forget_milestone(session: AsyncSession, key: str) -> None:
    await session.execute(delete(KnownMilestone).where(col(KnownMilestone.code) == key))


async def clear_pledges(session: AsyncSession) -> None:
    await session.execute(delete(KnownPledge))


async def clear_milestones(session: AsyncSession) -> None:
    await session.execute(delete(KnownMilestone))


async def milestones(session: AsyncSession) -> list[Milestone]:
    """All that are known, also those nobody is reminded of: what was planned for them has to go."""
    return [Milestone(*row) for row in await session.execute(_MILESTONES)]


async def changed(session: AsyncSession) -> datetime | None:
    """When something newer last came, in system time; None while nothing is known."""
    found: datetime | None = await session.scalar(_CHANGED)
    return found
