"""Text that people send: anything that a ministry may write, short of what cannot be stored."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_BREAKS = re.compile(r"[\r\n\u2028\u2029\x0b\x0c\x85]+")


def _storable(value: str) -> str:
    return value if value.isascii() and "\x00" not in value else _without(_UNSTORABLE, value)


def _without(unwanted: re.Pattern[str], value: str) -> str:
    if found := unwanted.search(value):
        raise ValueError(
            f"holds U+{ord(found.group()):04X} at position {found.start()}, which is no character; remove it"
        )
    return value


def _one_line(value: str) -> str:
    """Titles end up in mail subjects, where a line break would begin a new header."""
    if value.isprintable():  # as nearly all are; what is not, a no-break space for one, is looked at closely
        return value.strip()
    _without(_UNSTORABLE, value)
    if found := _LINE_BREAKS.search(value):
        raise ValueError(f"has a line break at position {found.start()}; write it in one line")
    return _without(_CONTROLS, value).strip()


Text = Annotated[str, AfterValidator(_storable)]
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line)]
