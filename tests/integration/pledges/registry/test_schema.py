"""What the application's role may do in the tables of pledges."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.api import Service


@pytest.mark.parametrize("table", ["pledge_history", "pledge_version", "public_history", "progress_update"])
@pytest.mark.parametrize("change", ["update {} set pledge_id = pledge_id", "delete from {}", "truncate {}"])
async def test_the_application_cannot_change_history(pledges: Service, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with pledges.database.transaction() as session:
            await session.execute(text(change.format(table)))


@pytest.mark.parametrize("table", ["pledge", "public_pledge"])
async def test_the_application_cannot_delete_pledges(pledges: Service, table: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with pledges.database.transaction() as session:
            await session.execute(text(f"delete from {table}"))  # noqa: S608 - the names above
