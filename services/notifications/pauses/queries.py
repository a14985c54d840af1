"""Reads of pauses, and what they hold back."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.schemas import DeliveryPage, DeliveryShown
from services.notifications.pauses.models import MailPause
from services.notifications.pauses.schemas import PausePage, PauseShown
from shared.errors import NotFound
from shared.web import pagination

WAITING = ("queued", "deferred")

_NEWEST = pagination.Order(
    {col(MailPause.begun_at): pagination.timestamp, col(MailPause.pause_id): UUID}, newest_first=True
)
_OLDEST = pagination.Order({col(Delivery.id): UUID})
_WAIT = text("""
select pause_id, count(*) as waiting from mail_pause join delivery
    on delivery.state in ('queued', 'deferred') and (templates is null or template = any(templates))
where ended_at is null
group by pause_id
""")
_HOLDS = text("""
select exists (select from mail_pause where ended_at is null and (templates is null or :template = any(templates)))
""")


async def page(session: AsyncSession, *, limit: int, cursor: str | None) -> PausePage:
    """Those that hold and those that have ended."""
    rows, more = await pagination.page(session, select(MailPause), _NEWEST, "pauses", limit, cursor)
    waiting = await _waiting(session)
    return PausePage(items=[_shown(pause, waiting) for (pause,) in rows], next=more)


async def shown(session: AsyncSession, pause: MailPause) -> PauseShown:
    return _shown(pause, await _waiting(session))


async def held(session: AsyncSession, pause_id: UUID, *, limit: int, cursor: str | None) -> DeliveryPage:
    """What waits for its end, the oldest first. Raises NotFound."""
    pause = await session.get(MailPause, pause_id)
    if pause is None:
        raise NotFound("There is no pause with this id; see GET /pauses.")
    query = select(Delivery).where(col(Delivery.state).in_(WAITING if pause.ended_at is None else ()))
    if pause.templates is not None:
        query = query.where(col(Delivery.template).in_(pause.templates))
    rows, more = await pagination.page(session, query, _OLDEST, f"held {pause_id}", limit, cursor)
    return DeliveryPage(items=[DeliveryShown.model_validate(delivery) for (delivery,) in rows], next=more)


async def holds(session: AsyncSession, template: str) -> bool:
    """Whether mails of this kind are paused now."""
    return bool(await session.scalar(_HOLDS, {"template": template}))


async def _waiting(session: AsyncSession) -> Mapping[UUID, int]:
    return {row.pause_id: row.waiting for row in await session.execute(_WAIT)}


def _shown(pause: MailPause, waiting: Mapping[UUID, int]) -> PauseShown:
    return PauseShown.model_validate(pause).model_copy(update={"waiting": waiting.get(pause.pause_id, 0)})
