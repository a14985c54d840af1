"""What happened stays: the application's own database role cannot change history, only add to it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.support.api import Service
from tests.support.entities import add_entity

APPEND_ONLY = ["entity_history", "milestone_history"]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement", ["update {} set action = 'nothing'", "delete from {}", "truncate {}", "drop table {}"]
)
async def test_the_application_cannot_change_history(pledges: Service, table: str, statement: str) -> None:
    await add_entity(pledges)
    before = await pledges.rows(f"select * from {table}")  # noqa: S608 - a name from above
    assert before
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        async with pledges.database.transaction() as session:
            await session.execute(text(statement.format(table)))
    assert await pledges.rows(f"select * from {table}") == before  # noqa: S608 - a name from above


@pytest.mark.parametrize("statement", ["delete from entity", "delete from erasure", "delete from pledge_history"])
async def test_nor_can_it_delete_what_history_speaks_of(pledges: Service, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with pledges.database.transaction() as session:
            await session.execute(text(statement))
