"""Lists page by page. Cursors, never OFFSET: opaque, and good only for the list and filters that gave them."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from sqlalchemy import ColumnElement, Row, Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from shared.errors import FieldProblem, Invalid

LARGEST = 2**31  # of the integers that rows are numbered with

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, Query(description="From the Link header or `next` of the page before", max_length=500)]

Selected = TypeVar("Selected", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: columns, together unique, each with the function that reads its value from a cursor."""

    columns: Mapping[Mapped[Any], Callable[[Any], Any]]
    newest_first: bool = False

    def sort(self, statement: Selected) -> Selected:
        return statement.order_by(*(one.desc() if self.newest_first else one.asc() for one in self.columns))

    def follows(self, cursor: str, scope: str) -> ColumnElement[bool]:
        """Whether a row comes after the cursor's. Raises Invalid."""
        position = tuple(decode(cursor, scope, *self.columns.values()))
        place = tuple_(*self.columns)
        return place < position if self.newest_first else place > position

    def position(self, row: Row[*tuple[Any, ...]]) -> list[Any]:
        return [_value(row, column) for column in self.columns]


def _value(row: Row[*tuple[Any, ...]], column: Any) -> Any:
    """What the row has itself, or else the entity that it begins with."""
    return getattr(row if column.key in row._fields else row[0], column.key)


async def page(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    order: Order,
    scope: str,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Row[*tuple[Any, ...]]], str | None]:
    """At most `limit` rows of `statement` after the cursor's, and the cursor to the next page; None on the last.

    `scope` names the list and its filters. Raises Invalid, naming `cursor`, for one of another list.
    """
    if cursor is not None:
        statement = statement.where(order.follows(cursor, scope))
    rows = (await session.execute(order.sort(statement).limit(limit + 1))).all()
    more = len(rows) > limit
    return rows[:limit], encode(order.position(rows[limit - 1]), scope) if more else None


def _check(payload: bytes, scope: str) -> bytes:
    return hashlib.blake2s(payload + scope.encode(), digest_size=8).digest()


def encode(position: Sequence[Any], scope: str) -> str:
    """`position` is the sort key of the last row shown; `scope` names the list and its filters."""
    payload = json.dumps(list(position), separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(_check(payload, scope) + payload).decode().rstrip("=")


def decode(cursor: str, scope: str, *parts: Callable[[Any], Any]) -> list[Any]:
    """The position, each of its values read by the function at its place (word, number, timestamp, UUID…).

    The check keeps cursors to their lists; it is no secret, so whoever makes one up may put anything into it. Raises
    Invalid, naming `cursor`, when it was changed, belongs to another list or was made up.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw[:8] == _check(raw[8:], scope):
            return [read(value) for read, value in zip(parts, json.loads(raw[8:]), strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError):  # what the readers raise for values of another kind
        pass
    fault = FieldProblem("cursor", "was changed, or belongs to another list or other filters", "begin without a cursor")
    raise Invalid("The cursor does not fit this list.", [fault])


def word(value: str) -> str:
    if "\x00" in value:
        raise ValueError("cannot be stored")
    return value.encode().decode()


def number(value: int) -> int:
    if not 0 <= int(value) < LARGEST:
        raise ValueError("is no row's number")
    return int(value)


def timestamp(value: str) -> datetime:
    """ISO 8601 with its offset from UTC."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("has no time zone")
    return at.astimezone(UTC)


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link header (RFC 8288) to the next page, or nothing on the last."""
    if cursor is None:
        return {}
    return {"Link": f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'}
