"""Keys of the public pledges that were there before there were keys; nothing once there are any."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.duplicates import index
from services.pledges.duplicates.models import PledgeKey
from services.pledges.registry.models import PublicPledge
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
    """Of all public pledges."""
    if (await session.execute(select(col(PledgeKey.key)).limit(1))).first():
        return 0
    count, after = 0, _FIRST
    query = select(col(PublicPledge.pledge_id), col(PublicPledge.snapshot)).order_by(col(PublicPledge.pledge_id))
    while rows := (await session.execute(query.where(col(PublicPledge.pledge_id) > after).limit(PAGE))).all():
        for row in rows:
            await index.follow(session, None, PledgeSnapshot.model_validate_json(row.snapshot))
        count, after = count + len(rows), rows[-1].pledge_id
    return count
