"""Text that people send: anything that a ministry may write, short of what cannot be stored."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_BREAKS = re.compile(r"[\r\n\u2028\u2029\x0b\x0c\x85]+")


def _storable(value: str) -> str:
    if found := _UNSTORABLE.search(value):
        raise ValueError(
            f"holds U+{ord(found.group()):04X} at position {found.start()}, which is no character; remove it"
        )
    return value


def _one_line(value: str) -> str:
    """Titles end up in mail subjects, where a line break would begin a new header."""
    if found := _LINE_BREAKS.search(value):
        raise ValueError(f"has a line break at position {found.start()}; write it in one line")
    return value.strip()


Text = Annotated[str, AfterValidator(_storable)]
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_storable), AfterValidator(_one_line)]
