"""Time zones as people send them: IANA names."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*")


def _known(name: str) -> str:
    try:
        if len(name) <= 64 and _NAME.fullmatch(name):
            return ZoneInfo(name).key
    except (OSError, ValueError, LookupError):  # a folder of zones, no zone file, no such zone
        pass
    raise ValueError("is no time zone; write an IANA name, like America/New_York")


TimeZone = Annotated[str, AfterValidator(_known), Field(examples=["Africa/Nairobi"], description="IANA name")]
