"""The outbox as the relay sees it: what has not been published yet, in order, in batches of bounded size."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

ROWS = 500  # a batch is at most so many rows
BYTES = 8 * 1024 * 1024  # and about so many bytes, or one row

# Not `id > last`: an earlier id may commit later. octet_length of a stored text does not read it; rows, not range,
# lets the limit stop the scan early.
_READ = """
select id, event_id, topic, type, key, payload, traceparent, created_at
from (
    select *, sum(coalesce(octet_length(payload), 0)) over (order by id rows unbounded preceding)
        - coalesce(octet_length(payload), 0) as before
    from outbox where published_at is null and id <> all($3::bigint[]) order by id limit $1
) as next
where before < $2 order by id
"""
_MARK = "update outbox set published_at = $1 where id = any($2::bigint[])"


async def read(connection: Any, in_flight: Sequence[Any] = ()) -> Sequence[Any]:
    """The next rows to publish, besides those that are just being published."""
    rows: Sequence[Any] = await connection.fetch(_READ, ROWS, BYTES, [row["id"] for row in in_flight])
    return rows


async def mark(connection: Any, rows: Sequence[Any], at: datetime) -> None:
    await connection.execute(_MARK, at, [row["id"] for row in rows])
