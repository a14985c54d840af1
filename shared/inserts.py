"""Rows that a transaction adds, sent together: a statement of its own would cost each a round trip and more Python."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import Executable, Insert, Table, bindparam, event, insert, literal, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from shared.one_write import OneWrite

_WAITING = "inserts"
_BEGIN = select(literal(1))
Row = Mapping[str, Any]
Shape = tuple[tuple[Table, tuple[str, ...]], ...]  # the tables with their columns


def later(session: AsyncSession, table: Table, row: Row) -> None:
    """The row goes in with the next `send` or `send_many`, or at the commit. Who reads it or refers to it sends first.

    Rows of one table keep their order, and all have the same columns.
    """
    session.info.setdefault(_WAITING, {}).setdefault(table, []).append(row)


async def send(session: AsyncSession) -> None:
    """Everything that waits, now."""
    await session.run_sync(_send)


async def send_many(session: AsyncSession) -> None:
    """Everything that waits, now, as one stream for each table (COPY): of hundreds of rows, a statement for each would
    cost more than the row itself.

    Values go to the driver as they are: what SQLAlchemy does for a column's type or default is not done.
    Raises what a statement raises: IntegrityError, DataError, DBAPIError.
    """
    waiting: dict[Table, list[Row]] = session.info.pop(_WAITING, {})
    if not waiting:
        return
    driver = await _driver(session)
    try:
        for table, rows in waiting.items():
            columns = list(rows[0])
            records = [tuple([row[column] for column in columns]) for row in rows]
            await driver.copy_records_to_table(table.name, records=records, columns=columns)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(None, None, error) from None
    except (asyncpg.DataError, ValueError, TypeError) as error:  # what the server refuses; what cannot be sent to it
        raise DataError(None, None, error) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError(None, None, error) from None


async def _driver(session: AsyncSession) -> asyncpg.Connection:
    """The driver's connection, in the session's transaction: which begins there with the first statement."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver  # noqa: S101 - it is connected
    if not driver.is_in_transaction():
        await connection.execute(_BEGIN)
    return driver


async def send_with(session: AsyncSession, last: Insert, row: Row) -> None:
    """Everything that waits and one insert more."""
    first, values, others = _next(session.info, last, row)
    if others and isinstance(session, OneWrite):
        raise RuntimeError("without a transaction a table has one row in the one insert")
    await session.execute(first, values)
    for table, rows in others:
        await session.execute(insert(table), rows)


# Nobody has to remember to send: what waits is committed with the rest, or undone with it.


@event.listens_for(Session, "before_commit")
def _send(session: Session) -> None:
    if _WAITING in session.info:
        first, values, others = _next(session.info)
        session.execute(first, values)
        for table, rows in others:
            session.execute(insert(table), rows)


@event.listens_for(Session, "after_transaction_create")
def _before_a_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested and _WAITING in session.info:
        raise RuntimeError("rows wait from before the savepoint, which would undo them: send them first")


@event.listens_for(Session, "after_soft_rollback")
def _at_a_rollback(session: Session, _: SessionTransaction) -> None:
    session.info.pop(_WAITING, None)


def _next(
    info: dict[Any, Any], last: Insert | None = None, row: Row | None = None
) -> tuple[Executable, dict[str, Any], list[tuple[Table, list[Row]]]]:
    """The statement of the first row of each table, its values, and the rows that then follow: mostly none.

    The parts of one statement run in no order that is promised, so a table has one row in it.
    """
    waiting: dict[Table, list[Row]] = info.pop(_WAITING, {})
    firsts = [(table, rows[0]) for table, rows in waiting.items()]
    values = {_name(place, key): value for place, (_, one) in enumerate(firsts) for key, value in one.items()}
    others = [(table, rows[1:]) for table, rows in waiting.items() if rows[1:]]
    statement = _statement(tuple((table, tuple(one)) for table, one in firsts), last)
    return statement, {**values, **(row or {})}, others


@lru_cache(maxsize=256)
def _statement(shape: Shape, last: Insert | None) -> Executable:
    """As many shapes as there are kinds of transactions, each built once."""
    parts = [
        insert(table).values({key: bindparam(_name(place, key)) for key in columns}).cte(f"row_{place}")
        for place, (table, columns) in enumerate(shape)
    ]
    return (select(literal(1)) if last is None else last).add_cte(*parts)


def _name(place: int, column: str) -> str:
    return f"{place}_{column}"
