"""Reference data and what people made of it, merged. Pure."""

from collections.abc import Mapping
from typing import Any


def merged(last: Mapping[str, Any] | None, present: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What a row should be: the new value where the present one is still that of the `last` load, else the present.

    Without a last load, people made the row, and all of it stays.
    """
    untouched = {name for name in new if last is not None and name in last and last[name] == present[name]}
    return {name: new[name] if name in untouched else present[name] for name in new}
