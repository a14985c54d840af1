# ruff: noqa: S608 - conditions of filters.py, with parameters
"""Reads of cases. A page reads the rows of one table in the order of an index, and then what is shown of each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, RowMapping, TextClause, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.search import index
from services.network_support.triage import lifecycle
from services.network_support.triage.filters import Asking, Filters, Order, Spelled, conditions
from services.network_support.triage.models import NEVER, CaseHistory
from services.network_support.triage.queues import Queue
from services.network_support.triage.schemas import MOST_COUNTED, CaseHistoryLine, CaseLine, CasePage
from shared.db import TIMESTAMPTZ
from shared.errors import NotFound
from shared.web import pagination

NO_SUCH_CASE = "There is no such case on the desk: no request that was sent, and no work item."

EXCERPT = 200  # characters

# what is over is not due and not urgent
_OF_OPEN: frozenset[Order] = frozenset({"due", "priority"})
# by order: the columns, how each is read from a cursor, and whether the first is the largest
_ORDERS: Mapping[Order, tuple[Mapping[str, Any], bool]] = {
    "due": ({"due_at": pagination.timestamp, "case_id": UUID}, False),
    "priority": ({"priority": pagination.number, "due_at": pagination.timestamp, "case_id": UUID}, False),
    "newest": ({"case_id": UUID}, True),
    "oldest": ({"case_id": UUID}, False),
}
_SHOWN = f"""
select c.case_id, c.kind, c.stage, c.is_open, p.title, coalesce(left(r.text, {EXCERPT}), '') as excerpt,
    coalesce(w.facts, '{{{{}}}}') as facts, c.entity_id,
    coalesce(e.names ->> 'en', (select min(value) from jsonb_each_text(e.names))) as entity_name,
    c.pledge_id, c.region, c.type, c.language, c.objectives, c.officer, c.priority, c.priority_reason, c.due_at,
    c.clock, c.revision, c.opened_at, c.changed_at
from {{found}} c {{on}}
left join support_request r on r.request_id = c.case_id
left join work_item w on w.item_id = c.case_id
left join known_pledge p on p.pledge_id = c.pledge_id
left join known_entity e on e.entity_id = c.entity_id
"""
_ONE = text(_SHOWN.format(found="triage_case", on="") + "where c.case_id = :case_id")
_HISTORY = (
    select(CaseHistory).where(col(CaseHistory.case_id) == bindparam("case_id")).order_by(col(CaseHistory.revision))
)


@dataclass(frozen=True)
class Wanted:
    """One page of a queue."""

    filters: Filters
    asked_order: Order
    limit: int
    cursor: str | None

    @property
    def order(self) -> Order:
        """Of cases that are over, or may be, the newest first where another would order by what is to be done."""
        return "newest" if self.filters.which != "open" and self.asked_order in _OF_OPEN else self.asked_order


async def page(session: AsyncSession, wanted: Wanted, asking: Asking) -> CasePage:
    """Raises Invalid, naming `cursor`, for one of another queue."""
    scope = f"cases {wanted.order} {asking.person} {wanted.filters.model_dump_json()}"
    [words] = await _spelled(session, [wanted.filters])
    rows = (await session.execute(_statement(wanted, asking, words, scope))).mappings().all()
    items = [line(row) for row in rows[: wanted.limit]]
    if len(rows) <= wanted.limit:
        return CasePage(items=items, next=None)
    last = rows[wanted.limit - 1]
    position = [_said(last[name]) for name in _ORDERS[wanted.order][0]]
    return CasePage(items=items, next=pagination.encode(position, scope))


async def _spelled(session: AsyncSession, every: Sequence[Filters]) -> list[Spelled]:
    """The words of each, as all that their stems may be. Asks the database only if there are any."""
    if not any(one.text for one in every):
        return [()] * len(every)
    return [*await index.spelled(session, [one.text or "" for one in every])]


def _statement(wanted: Wanted, asking: Asking, words: Spelled, scope: str) -> TextClause:
    columns, largest_first = _ORDERS[wanted.order]
    parts, values = conditions(wanted.filters, asking, words)
    if wanted.cursor is not None:
        position = pagination.decode(wanted.cursor, scope, *columns.values())
        values |= {f"after_{name}": value for name, value in zip(columns, position, strict=True)}
        after = ", ".join(f":after_{name}" for name in columns)
        parts.append(f"({_listed(columns)}) {'<' if largest_first else '>'} ({after})")
    where, order = " and ".join(parts) or "true", _listed(columns, " desc" if largest_first else "")
    # first the ids, which an index has; and the limit is a number in the text: with a parameter for it, the planner
    # would expect a tenth of all rows
    found = f"select {_listed(columns)} from triage_case c where {where} order by {order} limit {wanted.limit + 1}"
    cases = f"({found}) as found join triage_case"
    shown = _SHOWN.format(found=cases, on="on c.case_id = found.case_id")
    return text(f"{shown} order by {order}").bindparams(*_typed(values))


def _listed(columns: Iterable[str], direction: str = "") -> str:
    return ", ".join(f"c.{name}{direction}" for name in columns)


def _typed(values: Mapping[str, Any]) -> list[BindParameter[Any]]:
    return [
        bindparam(name, value, type_=TIMESTAMPTZ if isinstance(value, datetime) else None)
        for name, value in values.items()
    ]


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def line(row: RowMapping) -> CaseLine:
    due = None if row["due_at"] == NEVER else row["due_at"]
    facts = row["facts"] if isinstance(row["facts"], dict) else json.loads(row["facts"])
    return CaseLine.model_validate(
        {**row, "priority": lifecycle.priority(row["priority"]), "due_at": due, "facts": facts}
    )


async def find(session: AsyncSession, case_id: UUID) -> CaseLine:
    """Raises NotFound."""
    row = (await session.execute(_ONE, {"case_id": case_id})).mappings().one_or_none()
    if row is None:
        raise NotFound(NO_SUCH_CASE)
    return line(row)


async def history(session: AsyncSession, case_id: UUID) -> list[CaseHistoryLine]:
    """What was done with a case, in order. Raises NotFound."""
    await find(session, case_id)
    rows = (await session.execute(_HISTORY, {"case_id": case_id})).scalars()
    shown = [one.model_dump(exclude={"recorded_at"}) for one in rows]
    return [CaseHistoryLine.model_validate({**one, "priority": lifecycle.priority(one["priority"])}) for one in shown]


async def counts(session: AsyncSession, queues: Sequence[Queue], asking: Asking) -> list[int]:
    """How many cases each queue has, up to one more than MOST_COUNTED: no count reads more rows than that."""
    parts, values = [], dict[str, Any]()
    spelled = await _spelled(session, [queue.filters for queue in queues])
    for number, (queue, words) in enumerate(zip(queues, spelled, strict=True)):
        found, given = conditions(queue.filters, asking, words, f"_{number}")
        where = " and ".join(found) or "true"
        values |= given
        parts.append(f"(select count(*) from (select from triage_case c where {where} limit {MOST_COUNTED + 1}) as q)")
    statement = text(f"select {', '.join(parts)}").bindparams(*_typed(values))
    return list((await session.execute(statement)).one())
