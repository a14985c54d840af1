"""Reads of suppressions."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.steps import AUDIENCES
from services.notifications.deliveries.suppression.models import Suppression
from services.notifications.deliveries.suppression.schemas import SuppressionPage, SuppressionShown
from shared.errors import NotFound
from shared.web import pagination

_NEWEST = pagination.Order({col(Suppression.id): UUID}, newest_first=True)

# a mail about one entity says so itself; a reminder is for those whose pledges are on its list, a digest for
# those of its messages
_ENTITIES = text("""
select id, entity_id from delivery where id = any(cast(:ids as uuid[])) and entity_id is not null
union
select delivery_id, coalesce(link.entity_id, reminder.entity_id)
from reminder join reminder_delivery link on link.reminder_id = reminder.id
where delivery_id = any(cast(:ids as uuid[]))
union
select digest_id, entity_id from digest_item join delivery on delivery.id = delivery_id
where digest_id = any(cast(:ids as uuid[])) and entity_id is not null
order by 1, 2
""")


_WITH_DELIVERY = select(Suppression, Delivery).join(Delivery, col(Delivery.id) == col(Suppression.delivery_id))


async def page(session: AsyncSession, *, lifted: bool, limit: int, cursor: str | None) -> SuppressionPage:
    """Those that hold, or those that were lifted; the newest first. Raises Invalid for a cursor of another list."""
    when = col(Suppression.lifted_at)
    query = _WITH_DELIVERY.where(when.is_not(None) if lifted else when.is_(None))
    rows, more = await pagination.page(session, query, _NEWEST, f"suppressions {lifted}", limit, cursor)
    entities = await entities_of(session, {delivery.id for _, delivery in rows})
    items = [_shown(suppression, delivery, entities[delivery.id]) for suppression, delivery in rows]
    return SuppressionPage(items=items, next=more)


async def one(session: AsyncSession, suppression_id: UUID) -> SuppressionShown:
    """Raises NotFound."""
    found = (await session.execute(_WITH_DELIVERY.where(col(Suppression.id) == suppression_id))).first()
    if found is None:
        raise NotFound("There is no such suppression.")
    suppression, delivery = found
    entities = await entities_of(session, [delivery.id])
    return _shown(suppression, delivery, entities[delivery.id])


async def entities_of(session: AsyncSession, deliveries: Collection[UUID]) -> dict[UUID, list[str]]:
    """The entities for which these mails went, in order; none for some."""
    found: dict[UUID, list[str]] = {delivery: [] for delivery in deliveries}
    for delivery, entity in await session.execute(_ENTITIES, {"ids": list(deliveries)}):
        found[delivery].append(entity)
    return found


def _shown(suppression: Suppression, delivery: Delivery, entities: list[str]) -> SuppressionShown:
    whose = {
        "person_id": delivery.whose or delivery.person_id,
        "role": AUDIENCES[delivery.template],
        "entity_ids": entities,
    }
    return SuppressionShown.model_validate(suppression.model_dump() | whose)
