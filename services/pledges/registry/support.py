"""What the public may know of requests for support: a projection of gcm.support, beside the pledge."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.registry.models import PledgeSupport
from services.pledges.search import index
from shared.clock import Moment
from shared.events.envelope import Event
from shared.events.registry import SUPPORT, carried_by
from shared.events.support import SupportEvent
from shared.messaging.subscriptions import Projection

_NEW = insert(PledgeSupport)
_UPSERT = _NEW.on_conflict_do_update(
    index_elements=[col(PledgeSupport.request_id)],
    set_={name: getattr(_NEW.excluded, name) for name in ("pledge_id", "status", "sequence")},
    where=_NEW.excluded.sequence > col(PledgeSupport.sequence),
)


async def take(session: AsyncSession, event: Event[SupportEvent], _: Moment) -> None:
    """Only what is newer changes anything. The pledge and its revision stay as they are."""
    support = event.data.support
    await session.execute(_UPSERT, support.model_dump())
    await index.support(session, [support.pledge_id])


async def forget(session: AsyncSession, key: str) -> None:
    gone = (
        delete(PledgeSupport).where(col(PledgeSupport.request_id) == UUID(key)).returning(col(PledgeSupport.pledge_id))
    )
    await index.support(session, (await session.scalars(gone)).all())


async def clear(session: AsyncSession) -> None:
    await session.execute(delete(PledgeSupport))
    await index.support(session, None)


SUPPORT_OF_PLEDGES = Projection(
    name="support",
    topic=SUPPORT,
    handlers=dict.fromkeys(carried_by(SUPPORT), take),
    forget=forget,
    clear=clear,
)
