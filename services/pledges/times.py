"""Days and times that people send, within the years that pledges can be about.

At the ends of the calendar there is no time to convert to UTC or to add a day to, and the database takes the last day
for infinity.
"""

import re
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from shared.reference.dates import FIRST_YEAR, LAST_YEAR

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
D = TypeVar("D", bound=date)


def _in_range(value: D) -> D:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"is out of range; give a year from {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _text(value: Any) -> Any:
    """A number would be taken for seconds or, if it is large, for milliseconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO.match(value)):
        return value
    raise ValueError("is no date as ISO 8601 writes them; write 2024-09-02, of a time 2024-09-02T09:00:00Z")


Day = Annotated[date, BeforeValidator(_text), AfterValidator(_in_range)]
Time = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_in_range)]
