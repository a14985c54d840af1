"""What saved replies leave open, and how it is filled in. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

FIELDS: Mapping[str, str] = {
    "entity": "who asked, as it is called in the reply's language",
    "pledge": "the title of its pledge",
    "reference": "the id of the request",
    "sent_on": "the day on which the request was sent",
    "today": "the present day",
}


@dataclass(frozen=True)
class Filled:
    """`missing`: fields for which nothing is known; they stand in the text as they were."""

    text: str
    missing: tuple[str, ...]


def check(text: str) -> str:
    """The text as it is. Raises ValueError for a field that there is not, or braces that are none."""
    unknown = [name for name in _fields(text) if name not in FIELDS]
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise ValueError(f"has no such field: {named}; there are {', '.join(f'{{{name}}}' for name in FIELDS)}")
    return text


def fill(text: str, values: Mapping[str, str | None]) -> Filled:
    """`text` was checked. A brace that is none of a field is doubled in it, and single in what comes out."""
    made, missing = [], dict[str, None]()
    for before, field, _, _ in Formatter().parse(text):
        made.append(before)
        if field is not None and (value := values.get(field)) is not None:
            made.append(value)
        elif field is not None:
            made.append(f"{{{field}}}")
            missing[field] = None
    return Filled("".join(made), tuple(missing))


def _fields(text: str) -> Iterator[str]:
    """Raises ValueError."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"cannot be read: {error}; a brace that begins no field is written twice: {{{{") from None
    for _, field, form, conversion in parts:
        if field is None:
            continue
        if form or conversion:
            raise ValueError(f"says how {{{field}}} is to be written; a field is a name alone")
        yield field
