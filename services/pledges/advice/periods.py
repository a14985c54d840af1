"""When a pledge ends: what its fields say, and what only its text says. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.pledges.advice import dates
from services.pledges.advice.dates import Said
from services.pledges.advice.findings import Found
from services.pledges.advice.reading import Reading
from services.pledges.registry.content import Content
from shared.reference.dates import PartialDate

LONG_AGO = 10  # years; a text that names earlier ones tells history


@dataclass(frozen=True)
class Times:
    """What title and description say about time."""

    title: Sequence[Said]
    description: Sequence[Said]

    def each(self) -> Iterator[tuple[str, Said]]:
        yield from (("title", one) for one in self.title)
        yield from (("description", one) for one in self.description)


def times(reading: Reading) -> Times:
    return Times(*(dates.find(text, reading.language) for text in (reading.title, reading.description)))


def unreadable(reading: Reading, said: Times) -> Iterator[Found]:
    """Days that cannot be entered as they stand; each once."""
    seen = set()
    for field, one in said.each():
        if one.kind in {"no_year", "two_ways"} and one.said not in seen:
            seen.add(one.said)
            days = {"one": one.start, "other": one.end}
            values = {name: day for name, day in days.items() if day}
            yield Found(f"dates.{one.kind}", reading.place(field), {"said": one.said, **values})


def only_in_text(content: Content, reading: Reading, said: Times, on: date) -> Iterator[Found]:
    """Why the end is not known, where the text speaks of it; nothing when the field has it."""
    if content.period.end:
        return
    if found := _latest(said, on):
        field, end = found
        code = "time_bound.in_title" if field == "title" else "time_bound.in_text"
        yield Found(code, "period.end", {"said": end.said, "date": _end(end)})
    for field, one in said.each():
        if one.kind == "span":
            yield Found("time_bound.span", reading.place(field), {"said": one.said})
            break
    if repeats := reading.all("recurring", most=1):
        yield Found("time_bound.recurs", reading.place("description"), {"said": repeats[0]})


def _latest(said: Times, on: date) -> tuple[str, Said] | None:
    """The text's own end: the last one that it names, in the title if both have it."""
    ends = [(field, one) for field, one in said.each() if _is_end(one, on)]
    return max(ends, key=lambda found: _end(found[1]).last_day(), default=None)


def _is_end(one: Said, on: date) -> bool:
    if one.end is None or one.kind == "two_ways":
        return False
    last = one.end.last_day()
    return last >= on if one.kind == "during" else last.year >= on.year - LONG_AGO


def _end(one: Said) -> PartialDate:
    assert one.end is not None  # noqa: S101 - only what has an end is asked for it
    return one.end
