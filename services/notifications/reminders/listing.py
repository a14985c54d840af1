"""What a reminder mail lists at the moment it leaves: of its pledges those that still want a reminder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.content.words import FALLBACK
from services.notifications.reminders.lifecycle import Due, Milestone, Reason, State, dates
from services.notifications.reminders.planning import Role
from services.notifications.reminders.policy import Policy
from shared.reference.dates import PartialDate

_LINKED = text("""
select reminder.id, reminder.pledge_id, coalesce(link.entity_id, reminder.entity_id) as entity_id,
    coalesce(link.role, 'focal_point') as role, reminder.milestone as code, offset_days, due_on,
    reminder.state as reminder_state, reminder.reason,
    pledge.title, pledge.state, pledge.review_cycle, pledge.last_reported_at,
    milestone.cycle, milestone.cycle_opens, milestone.starts, milestone.tentative, milestone.reminders, milestone.names
from reminder_delivery link
join reminder on reminder.id = link.reminder_id
left join known_pledge pledge on pledge.pledge_id = reminder.pledge_id
left join known_milestone milestone on milestone.code = reminder.milestone
where link.delivery_id = :delivery
order by milestone.starts, code, entity_id, pledge.title, reminder.id
""").columns(names=JSONB)


@dataclass(frozen=True)
class Listed:
    """One pledge on the list. Its title is public. `entity_id`: for whom the person gets it; a partner, perhaps.

    `other`: the milestone that it is for, where that is not the mail's.
    """

    reminder_id: int
    pledge_id: UUID
    entity_id: str
    title: str
    role: Role = "focal_point"
    other: "Listing | None" = None


@dataclass(frozen=True)
class Listing:
    """`pledges` go into the mail; `dropped` says of the other reminders why not.

    The milestone is that of the first of them: a person who is reminded of two on one day has one mail.
    """

    milestone: str
    names: Mapping[str, str]
    starts: date
    offset_days: int
    pledges: tuple[Listed, ...] = ()
    dropped: Mapping[int, Reason] = field(default_factory=dict)
    due_on: date | None = None  # where the person is; of samples no day

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get(FALLBACK) or self.milestone

    @property
    def as_delegate(self) -> bool:
        """Whether the person gets it as a delegate alone."""
        return all(pledge.role == "delegate" for pledge in self.pledges)

    @property
    def milestones(self) -> set[str]:
        return {self.milestone, *(pledge.other.milestone for pledge in self.pledges if pledge.other)}

    @property
    def entity_ids(self) -> list[str]:
        return list(dict.fromkeys(pledge.entity_id for pledge in self.pledges))

    def of_entity(self, entity_id: str) -> list[Listed]:
        """Its pledges on the list."""
        return [pledge for pledge in self.pledges if pledge.entity_id == entity_id]

    def only(self, entity_ids: Iterable[str]) -> "Listing":
        """For a person who may no longer be written to for all of these entities."""
        kept = set(entity_ids)
        return replace(self, pledges=tuple(pledge for pledge in self.pledges if pledge.entity_id in kept))


async def listing(session: AsyncSession, delivery_id: UUID, policy: Policy) -> Listing | None:
    """None while a pledge of it or the milestone is unknown: their copies are being read anew."""
    rows = (await session.execute(_LINKED, {"delivery": delivery_id})).all()
    if not rows or any(row.title is None or row.starts is None for row in rows):
        return None
    reasons = {row.id: _reason(row, policy) for row in rows}
    shown = [row for row in rows if reasons[row.id] is None]
    mails = _of_milestone((shown or rows)[0])
    pledges = [
        Listed(row.id, row.pledge_id, row.entity_id, row.title, row.role, _other(row, mails.milestone)) for row in shown
    ]
    dropped = {id_: reason for id_, reason in reasons.items() if reason is not None}
    return replace(mails, pledges=tuple(pledges), dropped=dropped)


def _of_milestone(row: Row[Any]) -> Listing:
    return Listing(row.code, row.names, PartialDate(row.starts).first_day(), row.offset_days, due_on=row.due_on)


def _other(row: Row[Any], milestone: str) -> Listing | None:
    return _of_milestone(row) if row.code != milestone else None


def _reason(row: Row[Any], policy: Policy) -> Reason | None:
    """Why this pledge is no longer on the list."""
    milestone = Milestone(row.code, row.cycle, row.cycle_opens, row.starts, row.tentative, row.reminders)
    if row.reminder_state not in {State.QUEUED, State.SENT}:
        return Reason(row.reason)
    if row.state != "published":
        return Reason.CLOSED
    if row.last_reported_at is not None and row.last_reported_at >= row.cycle_opens:
        return Reason.REPORTED
    if row.review_cycle != row.cycle or Due(row.offset_days, due_on=row.due_on) not in dates(milestone, policy):
        return Reason.MOVED
    return None
