"""Keys of the pledges that were there before there were keys; nothing once there are any."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.duplicates import index
from services.pledges.duplicates.models import DraftKey, PledgeKey
from services.pledges.registry.content import Content
from services.pledges.registry.models import Pledge, PublicPledge
from shared.db import Database
from shared.events.pledges import PledgeSnapshot

PAGE = 500
_FIRST = UUID(int=0)


async def fill_in(owner_url: str) -> int:
    """As the role that owns the tables, in one transaction. How many pledges got keys."""
    database = Database(owner_url, application="pledges keys", pool=1)
    try:
        async with database.transaction() as session:
            return await fill(session)
    finally:
        await database.close()


async def fill(session: AsyncSession) -> int:
    """Of public pledges, and of what is worked on."""
    for model in (PledgeKey, DraftKey):
        if (await session.execute(select(col(model.key)).limit(1))).first():
            return 0
    return await _public(session) + await _drafts(session)


async def _public(session: AsyncSession) -> int:
    count, after = 0, _FIRST
    query = select(col(PublicPledge.pledge_id), col(PublicPledge.snapshot)).order_by(col(PublicPledge.pledge_id))
    while rows := (await session.execute(query.where(col(PublicPledge.pledge_id) > after).limit(PAGE))).all():
        for row in rows:
            await index.follow(session, None, PledgeSnapshot.model_validate_json(row.snapshot))
        count, after = count + len(rows), rows[-1].pledge_id
    return count


async def _drafts(session: AsyncSession) -> int:
    count, after = 0, _FIRST
    query = select(col(Pledge.pledge_id), col(Pledge.entity_id), col(Pledge.content)).order_by(col(Pledge.pledge_id))
    query = query.where(col(Pledge.state).in_(("draft", "submitted", "changes_requested")))
    while rows := (await session.execute(query.where(col(Pledge.pledge_id) > after).limit(PAGE))).all():
        for row in rows:
            content = Content.model_validate_json(row.content)
            await index.follow_draft(session, row.pledge_id, row.entity_id, None, content)
        count, after = count + len(rows), rows[-1].pledge_id
    return count
