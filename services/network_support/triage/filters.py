"""Which cases a queue has: what may be asked, and the conditions that it is in SQL. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.network_support.requests.lifecycle import State, Type
from services.network_support.requests.schemas import EntityId, Language
from services.network_support.triage.lifecycle import Kind, Priority, Stage, rank
from services.network_support.triage.places import NO_REGION, Objective, RegionOrNone
from shared.web.text import Text

MOST = 20  # values of one field
MOST_FOUND = 1000  # cases that have the words of a text
ME, NOBODY = "me", "nobody"

AnyStage = Literal[State, Stage]
PersonId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x20\x7f]+$")]
Due = Literal["overdue", "soon"]
Which = Literal["open", "over", "any"]
Query = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
Order = Literal["due", "priority", "newest", "oldest"]


def _values(says: str) -> Any:
    return Field(default=(), max_length=MOST, description=says)


class Filters(BaseModel):
    """Cases that have one of the values in each field that is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: tuple[Kind, ...] = _values("Requests, or work items of a kind")
    stage: tuple[AnyStage, ...] = _values("A request's state; of a work item: waiting, in_hand, done")
    region: tuple[RegionOrNone, ...] = _values(f"Of the entity; {NO_REGION}: of the whole world, or not known")
    type: tuple[Type, ...] = _values("Of requests")
    language: tuple[Language, ...] = _values("Of the request's text")
    objective: tuple[Objective, ...] = _values("Of the pledge")
    entity: tuple[EntityId, ...] = _values("Who asked")
    officer: tuple[PersonId, ...] = _values(f"Who has it: a person's id, {ME} or {NOBODY}")
    priority: tuple[Priority, ...] = _values("How urgent")
    due: Due | None = Field(default=None, description="overdue: its time is over; soon: that too, or it soon will be")
    which: Which = Field(default="open", description="over: for which nothing is left to do")
    text: Query | None = Field(
        default=None,
        description=(
            "Words in any language, all of them, or the id of a request;"
            f" what else is asked narrows the newest {MOST_FOUND} that have the words"
        ),
    )


@dataclass(frozen=True)
class Asking:
    """Who asks, and when (business time); `soon` is what counts as soon."""

    person: str
    now: datetime
    soon: timedelta


_PARAMETER = re.compile(r":([a-z]+[0-9]*)")
_COLUMNS = {"kind": "kind", "stage": "stage", "type": "type", "language": "language", "entity": "entity_id"}
_NULLABLE = {"region": ("region", NO_REGION), "officer": ("officer", NOBODY)}


Spelled = Sequence[Sequence[str]]  # the words of a text, each as all the stems that it may be


def conditions(
    wanted: Filters, asking: Asking, spelled: Spelled = (), mark: str = ""
) -> tuple[list[str], dict[str, Any]]:
    """Conditions on `triage_case c`, all of which hold, and their parameters, whose names end with `mark`.

    `spelled`: the words of the text that is wanted.
    """
    parts = [*_of_values(wanted, asking), *(_of_words(spelled) if wanted.text else ())]
    found = [_PARAMETER.sub(rf":\1{mark}", sql) for sql, _ in parts]
    values = {f"{name}{mark}": value for _, given in parts for name, value in given.items()}
    return found, values


Part = tuple[str, Mapping[str, Any]]


def _of_values(wanted: Filters, asking: Asking) -> Iterator[Part]:
    if wanted.which != "any":
        yield ("c.is_open" if wanted.which == "open" else "not c.is_open"), {}
    for field, column in _COLUMNS.items():
        if values := getattr(wanted, field):
            yield _any_of(column, field, values)
    for field, (column, none) in _NULLABLE.items():
        if values := getattr(wanted, field):
            yield _any_or_null(column, field, _persons(values, asking) if field == "officer" else values, none)
    if wanted.priority:
        yield _any_of("priority", "priority", [rank(one) for one in wanted.priority])
    if wanted.objective:
        yield "c.objectives && cast(:objective as text[])", {"objective": list(wanted.objective)}
    if wanted.due:
        until = asking.now + (asking.soon if wanted.due == "soon" else timedelta())
        yield "c.due_at <= :due", {"due": until}


def _of_words(spelled: Spelled) -> Iterator[Part]:
    """Nothing is found by a text without a letter or digit."""
    if not spelled:
        yield "false", {}
        return
    each = [f"w.words && cast(:word{number} as text[])" for number in range(len(spelled))]
    values = {f"word{number}": list(stems) for number, stems in enumerate(spelled)}
    # offset 0: by the index of words, whatever the planner expects; then the newest, for a word may be in every text
    found = f"select w.case_id from case_words w where {' and '.join(each)} offset 0"  # noqa: S608 - our own words
    found = f"select f.case_id from ({found}) as f order by f.case_id desc limit {MOST_FOUND}"  # noqa: S608
    yield f"c.case_id in ({found})", values


def _persons(values: tuple[str, ...], asking: Asking) -> list[str]:
    return [asking.person if one == ME else one for one in values]


def _any_of(column: str, name: str, values: Any) -> Part:
    """One value is compared with, so that an index on the column and the order answers both."""
    if len(values) == 1:
        return f"c.{column} = :{name}", {name: values[0]}
    kind = "smallint" if column == "priority" else "text"
    return f"c.{column} = any(cast(:{name} as {kind}[]))", {name: list(values)}


def _any_or_null(column: str, name: str, values: Any, none: str) -> Part:
    given = [one for one in values if one != none]
    if len(given) == len(values):
        return _any_of(column, name, given)
    if not given:
        return f"c.{column} is null", {}
    sql, parameters = _any_of(column, name, given)
    return f"(c.{column} is null or {sql})", parameters
