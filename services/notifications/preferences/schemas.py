"""What people choose, what a link out of a mail asks for, and what it says back."""

from datetime import datetime, time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.notifications.preferences.categories import Category, Stops
from services.notifications.preferences.timing import Choices, Quiet, Rhythm, Weekday
from services.notifications.recipients import Spoken
from shared.errors import FieldProblem, Invalid
from shared.web.text import Text

_TOKEN = "gAAAAABn…"  # noqa: S105 - opens nothing
_CHOICE: JsonDict = {
    "off": ["support"],
    "rhythm": "weekly",
    "weekday": "monday",
    "quiet_from": "20:00",
    "quiet_until": "07:00",
}
Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["20:00"])]
Token = Annotated[Text, Field(max_length=2000, repr=False)]


class Held(BaseModel):
    """A link, as it stood in the mail."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": _TOKEN}]})

    token: Token = Field(description="What follows /unsubscribe/ or /preferences/ in the link")


class Stopping(BaseModel):
    """What one link stops, for whoever got it."""

    category: Stops = Field(description="digest: all that comes together in one mail")
    off_since: datetime | None = Field(description="System time, UTC; null: it is on")
    preferences: str = Field(repr=False, description="The token of all that this person can choose")


class Choice(BaseModel):
    """Which mails somebody wants, and when. Hours are on their own clock."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CHOICE]})

    off: list[Category] = Field(max_length=10, description="The kinds that they do without")
    rhythm: Rhythm = Field(description="News one by one, or those of a day or a week together in one mail")
    weekday: Weekday | None = Field(default=None, description="On which day of the week; needed for weekly")
    quiet_from: Hour | None = Field(default=None, description="In quiet hours nothing comes that can wait")
    quiet_until: Hour | None = Field(default=None, description="Past midnight where it is the earlier hour")

    def choices(self) -> Choices:
        """Raises Invalid, naming the field."""
        if wrong := self._wrong():
            raise Invalid("These choices do not go together; nothing was changed.", [wrong])
        quiet = None
        if self.quiet_from and self.quiet_until:
            quiet = Quiet(time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until))
        weekday = self.weekday if self.rhythm == "weekly" else None
        return Choices(rhythm=self.rhythm, weekday=weekday, quiet=quiet)

    def _wrong(self) -> FieldProblem | None:
        if self.rhythm == "weekly" and self.weekday is None:
            return FieldProblem("weekday", "is needed for one mail a week", "choose the day of the week")
        for field, given, other in (
            ("quiet_from", self.quiet_from, self.quiet_until),
            ("quiet_until", self.quiet_until, self.quiet_from),
        ):
            if other and not given:
                return FieldProblem(field, "is needed with the other hour", "choose both hours, or neither")
        if self.quiet_from and self.quiet_from == self.quiet_until:
            return FieldProblem("quiet_until", "is the hour at which they begin", "choose another hour, or neither")
        return None


class HeldChoice(Choice):
    """What the person of a link chooses."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": _TOKEN, **_CHOICE}]})

    token: Token = Field(description="What follows /preferences/ in the link")


class Preferences(Choice):
    """What is chosen now. The last three are kept by the pledges service, and changed there: PUT /me/contact."""

    language: str | None = Field(description="Of the mails; null: no contact, or that service does not answer now")
    time_zone: str | None = Field(description="Of the hours, an IANA name; likewise")
    on_duty: bool = Field(description="Gets mails to the Network's desk")

    @classmethod
    def of(cls, off: list[Category], chosen: Choices, spoken: Spoken | None) -> Self:
        quiet = chosen.quiet
        return cls(
            off=off,
            rhythm=chosen.rhythm,
            weekday=chosen.weekday,
            quiet_from=f"{quiet.since:%H:%M}" if quiet else None,
            quiet_until=f"{quiet.until:%H:%M}" if quiet else None,
            language=spoken.language if spoken else None,
            time_zone=spoken.time_zone if spoken else None,
            on_duty=spoken is not None and spoken.desk,
        )
