"""Reads and then one insert, each a statement of its own, past SQLAlchemy's sessions (docs/adr/0011).

What a session adds to each statement (objects, events, a cursor) was about a third of all that a new pledge cost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import asyncpg
from sqlalchemy import ClauseElement, Dialect, Executable, Insert, Result, Select
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_ONLY = "without a transaction only plain reads and then one insert are done together"
_NOTHING: Mapping[str, Any] = {}
Processor = Callable[[Any], Any] | None


class OneWrite:
    """As much of an AsyncSession as that takes; anything else raises RuntimeError, before it is done."""

    def __init__(self, connection: asyncpg.Connection, dialect: Dialect) -> None:
        self.info: dict[Any, Any] = {}
        self._connection, self._dialect = connection, dialect
        self._done = False

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Result[Any]:
        """Raises SQLAlchemy's IntegrityError and DBAPIError, as a session does; what was typed is not in them."""
        if self._done:
            raise RuntimeError(_ONLY)
        prepared = _prepared(statement, self._dialect)
        self._done = prepared.columns is None
        try:
            return await prepared.run(self._connection, values or _NOTHING)
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(None, None, error) from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DBAPIError(None, None, error) from None

    async def scalar(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        return (await self.execute(statement, values)).scalar()

    def require_done(self) -> None:
        """Raises RuntimeError if nothing was written: rows perhaps wait that nobody has sent."""
        if not self._done:
            raise RuntimeError("without a transaction nothing is written unless the one insert is sent")

    def __getattr__(self, _: str) -> NoReturn:
        raise RuntimeError(_ONLY)


@dataclass(frozen=True)
class _Prepared:
    """A statement as the driver takes it. `binds`: what stands for $1 and so on; `columns`: None for an insert."""

    sql: str
    binds: tuple[tuple[str, Any, Processor], ...]
    columns: SimpleResultMetaData | None
    results: tuple[Processor, ...]

    async def run(self, connection: asyncpg.Connection, values: Mapping[str, Any]) -> Result[Any]:
        given = [_processed(process, values.get(name, value)) for name, value, process in self.binds]
        if self.columns is None:
            await connection.execute(self.sql, *given)
            return IteratorResult(_NO_COLUMNS, iter(()))
        rows = [tuple(map(_processed, self.results, row)) for row in await connection.fetch(self.sql, *given)]
        return IteratorResult(self.columns, iter(rows))


_NO_COLUMNS = SimpleResultMetaData(())


def _processed(process: Processor, value: Any) -> Any:
    return value if process is None else process(value)


@lru_cache(maxsize=256)
def _prepared(statement: Executable, dialect: Dialect) -> _Prepared:
    """Raises RuntimeError for what neither reads plainly nor inserts, and for lists that are written out."""
    compiled = statement.compile(dialect=dialect) if isinstance(statement, ClauseElement) else None
    if not isinstance(compiled, SQLCompiler) or compiled.post_compile_params or not _plain(statement, compiled):
        raise RuntimeError(_ONLY)
    columns: SimpleResultMetaData | None = None
    results: tuple[Processor, ...] = ()
    if isinstance(statement, Select):
        columns = SimpleResultMetaData(statement.selected_columns.keys())
        results = tuple(_of(one.type, dialect).result_processor(dialect, None) for one in statement.selected_columns)
    binds = ((name, compiled.params[name], compiled.binds[name].type) for name in compiled.positiontup or ())
    prepared = tuple((name, value, _of(type_, dialect).bind_processor(dialect)) for name, value, type_ in binds)
    return _Prepared(compiled.string, prepared, columns, results)


def _plain(statement: Executable, compiled: SQLCompiler) -> bool:
    """A read whose locks would be gone at once, or whose parts write, is none."""
    if isinstance(statement, Select):
        return not compiled.ctes and statement._for_update_arg is None  # noqa: SLF001 - it cannot be asked otherwise
    return isinstance(statement, Insert) and not statement.returning_column_descriptions


def _of(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    """The type as the driver has it."""
    return type_.dialect_impl(dialect)
