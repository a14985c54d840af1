"""Writes of what people choose. The caller commits."""

from collections.abc import Collection
from datetime import datetime
from typing import get_args

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.lifecycle import QUIET_HOURS
from services.notifications.digests import commands as digests
from services.notifications.preferences import queries
from services.notifications.preferences.categories import Category
from services.notifications.preferences.timing import WEEKDAYS, Choices
from shared.clock import Moment
from shared.errors import NotFound

CATEGORIES: tuple[Category, ...] = get_args(Category)

_OFF = text("""
insert into mail_preference (person_id, category, off_since)
select :person_id, :category, :at
where not exists (select from erased_person where person_id = :person_id)
on conflict (person_id, category) do update set off_since = coalesce(mail_preference.off_since, :at)
returning off_since
""")

_ON = text("""
update mail_preference set off_since = null where person_id = :person_id and category = :category
""")

_CHOOSE = text("""
insert into mail_rhythm (person_id, rhythm, weekday, quiet_from, quiet_until, changed_at)
select :person_id, :rhythm, :weekday, :quiet_from, :quiet_until, :at
where not exists (select from erased_person where person_id = :person_id)
on conflict (person_id) do update set rhythm = :rhythm, weekday = :weekday, quiet_from = :quiet_from,
    quiet_until = :quiet_until, changed_at = :at
returning person_id
""")

# looked at anew, by the new hours
_RELEASE = text("""
update delivery set not_before = :now
where person_id = :person_id and state = 'deferred' and reason = :reason and not_before > :now
""")

_ERASED = text("""
insert into erased_person (person_id, at) values (:person_id, :at)
on conflict (person_id) do update set at = :at
""")
_BACK = text("delete from erased_person where person_id = :person_id")
_FORGET = text("delete from mail_preference where person_id = :person_id")
_FORGET_RHYTHM = text("delete from mail_rhythm where person_id = :person_id")


async def turn_off(session: AsyncSession, person_id: str, category: Category, at: datetime) -> datetime:
    """Since when it is off: the first time counts. `at` is system time. Raises NotFound for who was erased."""
    off: datetime | None = await session.scalar(_OFF, {"person_id": person_id, "category": category, "at": at})
    if off is None:
        raise _nobody()
    return off


async def turn_on(session: AsyncSession, person_id: str, category: Category) -> None:
    """What was not sent meanwhile is not sent after all."""
    await session.execute(_ON, {"person_id": person_id, "category": category})


async def choose(
    session: AsyncSession, person_id: str, off: Collection[Category], chosen: Choices, moment: Moment
) -> None:
    """All at once; of two that come together, the last one stands. Raises NotFound for who was erased."""
    for category in CATEGORIES:
        if category in off:
            await turn_off(session, person_id, category, moment.system)
        else:
            await turn_on(session, person_id, category)
    before = await queries.choices(session, person_id)
    if (before.rhythm, before.weekday) != (chosen.rhythm, chosen.weekday):
        await digests.release(session, person_id, moment.business)
    if (await session.execute(_CHOOSE, _row(person_id, chosen, moment.system))).first() is None:
        raise _nobody()
    if before.quiet != chosen.quiet:
        await session.execute(_RELEASE, {"person_id": person_id, "reason": QUIET_HOURS, "now": moment.business})


def _row(person_id: str, chosen: Choices, at: datetime) -> dict[str, object]:
    return {
        "person_id": person_id,
        "rhythm": chosen.rhythm,
        "weekday": WEEKDAYS.index(chosen.weekday) + 1 if chosen.weekday else None,
        "quiet_from": chosen.quiet.since if chosen.quiet else None,
        "quiet_until": chosen.quiet.until if chosen.quiet else None,
        "at": at,
    }


def _nobody() -> NotFound:
    return NotFound("Whoever this was about was erased: no mail is sent, and nothing is kept.")


async def forget(session: AsyncSession, person_id: str, at: datetime) -> None:
    """Of somebody who was erased: nothing is kept of them here until they are back. `at` is system time."""
    await session.execute(_ERASED, {"person_id": person_id, "at": at})
    for statement in (_FORGET, _FORGET_RHYTHM):
        await session.execute(statement, {"person_id": person_id})


async def come_back(session: AsyncSession, person_id: str) -> None:
    """Somebody who was erased has signed in again."""
    await session.execute(_BACK, {"person_id": person_id})
