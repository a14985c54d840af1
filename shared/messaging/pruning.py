"""What the messaging core need not remember any longer, deleted in slices by the active relay."""

from datetime import datetime, timedelta
from typing import Any

SLICE = 1000  # rows a statement: a few milliseconds between two batches
PAUSE = timedelta(minutes=10)

_KEEP = {
    "outbox": ("published_at", timedelta(days=7)),
    "idempotency": ("created_at", timedelta(days=7)),
    "inbox": ("handled_at", timedelta(days=45)),  # longer than any workflow topic keeps its records
}


def _delete(table: str, column: str) -> str:
    rows = f"select ctid from {table} where {column} < $1 limit {SLICE}"  # noqa: S608 - constants above
    return f"delete from {table} where ctid = any(array({rows}))"  # noqa: S608


_STATEMENTS = [(_delete(table, column), keep) for table, (column, keep) in _KEEP.items()]


class Pruning:
    """One slice of each table a call, and a pause when nothing is left to delete."""

    def __init__(self) -> None:
        self._due: datetime | None = None

    async def tend(self, connection: Any, now: datetime) -> None:
        if self._due and now < self._due:
            return
        full = [await connection.execute(sql, now - keep) == f"DELETE {SLICE}" for sql, keep in _STATEMENTS]
        self._due = now if any(full) else now + PAUSE
