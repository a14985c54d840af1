"""Pledges that were there before there were keys get the same keys as those that came after."""

from sqlalchemy import text

from services.pledges.duplicates import filling
from tests.integration.pledges.conftest import Desk


async def _keys(desk: Desk) -> dict[str, list[dict[str, object]]]:
    return {
        table: await desk.service.rows(f"select * from {table} order by key, pledge_id")  # noqa: S608 - these two
        for table in ("pledge_key",)
    }


async def test_the_same_keys_once(desk: Desk) -> None:
    await desk.published()
    made = await _keys(desk)
    assert made["pledge_key"]
    async with desk.service.owner.transaction() as session:
        assert await filling.fill(session) == 0  # there are some
        await session.execute(text("truncate pledge_key"))
        assert await filling.fill(session) == 1
    assert await _keys(desk) == made
