"""What differs between two texts of one pledge, place by place. No I/O."""

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import BaseModel, Field
from pydantic_core import to_jsonable_python

from services.pledges.registry.content import Content


class Difference(BaseModel):
    """One place of a pledge, and what it says on either side."""

    field: str = Field(examples=["period.end"])
    now: Any = Field(description="As it is saved", examples=["2026"])
    yours: Any = Field(description="As you sent it", examples=["2026-06"])
    overtaken: bool = Field(description="Its field was saved by others since you read; if not, only you change it")


def differences(now: Content, yours: Content, changed: Collection[str]) -> list[Difference]:
    """In the order of the fields. `changed`: names of the fields that others saved since the caller read."""
    places = _apart("", now.model_dump(), yours.model_dump())
    return [
        Difference(
            field=place,
            now=to_jsonable_python(one),
            yours=to_jsonable_python(other),
            overtaken=place.partition(".")[0] in changed,
        )
        for place, one, other in places
    ]


def _apart(place: str, now: Any, yours: Any) -> Iterator[tuple[str, Any, Any]]:
    """As near to the difference as the places correspond; lists of two lengths are compared whole."""
    if now == yours:
        return
    parts = _parts(now, yours)
    if parts is None:
        yield place, now, yours
        return
    for name, (one, other) in parts.items():
        yield from _apart(f"{place}.{name}" if place else name, one, other)


def _parts(now: Any, yours: Any) -> dict[str, tuple[Any, Any]] | None:
    match now, yours:
        case dict(), dict():
            return {name: (now[name], yours[name]) for name in now}
        case [dict(), *_], [dict(), *_] if len(now) == len(yours):
            return {str(number): pair for number, pair in enumerate(zip(now, yours, strict=True))}
    return None
