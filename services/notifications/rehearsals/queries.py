"""Reads of rehearsals."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.deliveries.steps import REMINDER
from services.notifications.pauses import queries as pauses
from services.notifications.rehearsals.models import Rehearsal, RehearsedMail
from services.notifications.rehearsals.schemas import Difference, Mail, RehearsalPage, RehearsalShown
from shared.errors import NotFound
from shared.web import pagination

_NEWEST = pagination.Order(
    {col(Rehearsal.created_at): pagination.timestamp, col(Rehearsal.rehearsal_id): UUID}, newest_first=True
)
_BY_NUMBER = pagination.Order({col(RehearsedMail.number): pagination.number})

# of the same day and person; a mail is another one when it lists others, or leaves at another hour
_DIFFERENCES = text("""
with as_is as (select * from rehearsed_mail where rehearsal_id = :rehearsal_id and not changed),
    other as (select * from rehearsed_mail where rehearsal_id = :rehearsal_id and changed)
select due_on, person_id, as_is.number as as_is, other.number as other
from as_is full join other using (due_on, person_id)
where (as_is.lists, as_is.not_before) is distinct from (other.lists, other.not_before)
  and (due_on, person_id) > (cast(:day as date), cast(:person as text))
order by due_on, person_id
limit :most
""")


async def page(session: AsyncSession, *, month: str | None, limit: int, cursor: str | None) -> RehearsalPage:
    query = select(Rehearsal)
    if month:
        query = query.where(col(Rehearsal.month) == date.fromisoformat(f"{month}-01"))
    rows, more = await pagination.page(session, query, _NEWEST, f"rehearsals {month}", limit, cursor)
    paused = await pauses.holds(session, REMINDER.template)
    return RehearsalPage(items=[_shown(found, paused=paused) for (found,) in rows], next=more)


async def rehearsal(session: AsyncSession, rehearsal_id: UUID) -> RehearsalShown:
    """Raises NotFound."""
    return _shown(await find(session, rehearsal_id), paused=await pauses.holds(session, REMINDER.template))


async def find(session: AsyncSession, rehearsal_id: UUID) -> Rehearsal:
    """Raises NotFound."""
    found = await session.get(Rehearsal, rehearsal_id)
    if found is None:
        raise NotFound("There is no rehearsal with this id, or no more: order one with POST /rehearsals.")
    return found


def _shown(found: Rehearsal, *, paused: bool) -> RehearsalShown:
    plain = found.model_dump(exclude={"month"})
    return RehearsalShown.model_validate({**plain, "month": f"{found.month:%Y-%m}", "paused": paused})


async def mails(
    session: AsyncSession, rehearsal_id: UUID, *, changed: bool, day: date | None, limit: int, cursor: str | None
) -> tuple[list[RehearsedMail], str | None]:
    """One page, by number. Raises NotFound."""
    await find(session, rehearsal_id)
    query = select(RehearsedMail).where(
        col(RehearsedMail.rehearsal_id) == rehearsal_id, col(RehearsedMail.changed) == changed
    )
    if day:
        query = query.where(col(RehearsedMail.due_on) == day)
    scope = f"rehearsed {rehearsal_id} {changed} {day}"
    rows, more = await pagination.page(session, query, _BY_NUMBER, scope, limit, cursor)
    return [found for (found,) in rows], more


async def mail(session: AsyncSession, rehearsal_id: UUID, number: int, *, changed: bool) -> RehearsedMail:
    """Raises NotFound."""
    found = await session.get(RehearsedMail, (rehearsal_id, changed, number))
    if found is None:
        raise NotFound("This rehearsal has no mail with this number; see GET /rehearsals/{id}/mails.")
    return found


async def differences(
    session: AsyncSession, rehearsal_id: UUID, *, limit: int, cursor: str | None
) -> tuple[list[Difference], str | None]:
    """By day and person. Raises NotFound."""
    await find(session, rehearsal_id)
    scope = f"differences {rehearsal_id}"
    day, person = pagination.decode(cursor, scope, date.fromisoformat, pagination.word) if cursor else (date.min, "")
    values = {"rehearsal_id": rehearsal_id, "day": day, "person": person, "most": limit + 1}
    rows = (await session.execute(_DIFFERENCES, values)).all()
    shown = [
        Difference(
            due_on=row.due_on,
            kind="only_changed" if row.as_is is None else "only_as_is" if row.other is None else "lists_other",
            as_is=await _side(session, rehearsal_id, row.as_is, changed=False),
            changed=await _side(session, rehearsal_id, row.other, changed=True),
        )
        for row in rows[:limit]
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return shown, pagination.encode([last.due_on, last.person_id], scope) if last else None


async def _side(session: AsyncSession, rehearsal_id: UUID, number: int | None, *, changed: bool) -> Mail | None:
    return None if number is None else plain(await mail(session, rehearsal_id, number, changed=changed))


def plain(found: RehearsedMail) -> Mail:
    """Without the name of who gets it."""
    return Mail.model_validate(
        {
            "number": found.number,
            "changed": found.changed,
            "due_on": found.due_on,
            "leaves_at": found.not_before,
            "entities": _each(found, "entity_id"),
            "roles": _each(found, "role"),
            "name": None,
            "lists": found.lists,
        }
    )


def _each(found: RehearsedMail, key: str) -> Sequence[str]:
    return list(dict.fromkeys(listed[key] for listed in found.lists))
