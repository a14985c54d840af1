"""Reads of what changed on the desk, in an order that never has a row before one that was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.board.positions import Position
from services.network_support.board.schemas import Changed

MOST = 500  # changes of one look

_PRESENT = "cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as bigint)"
_HERE = text(f"select {_PRESENT}")
# One change a transaction and case. What belongs to a transaction that may still go on waits, and what others did
# meanwhile waits with it, or it would come after them. A case that is none of the desk is not told of.
_SINCE = text(f"""
with present as materialized (select {_PRESENT} as present),
change as (
    select xact, max(event_id) as event_id, case_id, array_agg(distinct what order by what) as changed, max(at) as at
    from board_event, present
    where xact >= :xact and xact < present
    group by xact, case_id
    having (xact, max(event_id)) > (:xact, :event_id)
    order by 1, 2
    limit {MOST + 1}
)
select present, exists (select from board_event where xact >= present) as more, change.xact, change.event_id, change.at,
    change.case_id, change.changed, c.revision, said.by, said.person
from present
left join change on true
left join triage_case c using (case_id)
left join lateral (
    select * from (
        (select by, person, recorded_at from triage_history where case_id = c.case_id
         order by revision desc limit 1)
        union all
        (select by, person, recorded_at from request_history where request_id = c.case_id
         order by revision desc limit 1)
    ) as either order by recorded_at desc limit 1
) as said on not change.changed <@ array['presence', 'conversation', 'clock']
order by change.xact, change.event_id
""")  # noqa: S608 - our own constants


@dataclass(frozen=True)
class Change:
    """`changed` is None where more has changed than can be named."""

    position: Position
    changed: Changed | None


@dataclass(frozen=True)
class Found:
    """`present`: all transactions before it have ended. `soon`: some changes wait for others.

    `until`: the last one that was read, if there are more; otherwise none.
    """

    present: int
    changes: list[Change]
    until: Position | None
    soon: bool


async def present(session: AsyncSession) -> int:
    """The transaction before which all have ended."""
    return int(await session.scalar(_HERE) or 0)


async def since(session: AsyncSession, position: Position) -> Found:
    """What was changed after it, in order: the first MOST changes."""
    rows = (await session.execute(_SINCE, {"xact": position.xact, "event_id": position.event_id})).all()
    told = [row for row in rows if row.xact is not None]
    until = _at(told[MOST - 1]) if len(told) > MOST else None
    return Found(rows[0].present, _changes(told[:MOST]), until, rows[0].more)


def _changes(rows: Sequence[Row[tuple[object, ...]]]) -> list[Change]:
    return [
        Change(_at(row), None if "many" in row.changed else _changed(row))
        for row in rows
        if "many" in row.changed or row.revision is not None
    ]


def _at(row: Row[tuple[object, ...]]) -> Position:
    at: datetime = row.at
    return Position(row.xact, row.event_id, int(at.timestamp()))


def _changed(row: Row[tuple[object, ...]]) -> Changed:
    officer = row.person if row.by == "network_staff" else None
    return Changed(case_id=row.case_id, revision=row.revision, changed=row.changed, by=row.by, officer=officer)
