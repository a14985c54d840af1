"""Milestones as iCalendar (RFC 5545). Pure.

An entry is known by its UID, the same in every mail and feed, and a later SEQUENCE takes an earlier one's place. Days
are those of the seat, without hours. A milestone of which only the month is known is a tentative entry of that month;
one of which only the year is known is in no calendar.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from services.notifications.content.cleaning import one_line
from services.notifications.content.shown import fill
from services.notifications.content.words import FALLBACK, words
from services.notifications.settings import Settings
from shared.reference.dates import PartialDate

Method = Literal["PUBLISH", "CANCEL"]
PRODUCT = "-//GCM pledges//calendar of reviews//EN"
LONGEST_NAME = 90
MOST_KEPT = 100
REFRESH = timedelta(hours=12)  # how often programs that subscribe may ask again


@dataclass(frozen=True)
class Entry:
    """What of a milestone stands in a calendar; `told_at` is when this was so."""

    code: str
    names: Mapping[str, str]
    starts: str
    ends: str | None
    time_zone: str
    tentative: bool
    cancelled: bool
    sequence: int
    told_at: datetime

    @property
    def certain(self) -> bool:
        return not self.tentative and PartialDate(self.starts).precision == "day"

    def name(self, language: str) -> str:
        """One that there is in English only is said to be."""
        if name := one_line(self.names.get(language, ""), LONGEST_NAME):
            return name
        english = one_line(self.names.get(FALLBACK, ""), LONGEST_NAME)
        said = words(language)
        return str(fill(said.in_english, name=said.shown(english))) if english else self.code


@dataclass(frozen=True)
class Place:
    """Where entries come from: the right side of UIDs, and what begins links."""

    domain: str
    portal: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.mail_domain, settings.public_url.rstrip("/"))


@dataclass(frozen=True)
class Attachment:
    """What a mail brings for the reader's calendar."""

    method: Method
    content: bytes


def in_calendars(entry: Entry) -> bool:
    return PartialDate(entry.starts).precision != "year"


def calendar(entries: Iterable[Entry], language: str, place: Place, *, method: Method = "PUBLISH") -> bytes:
    """An iCalendar object of at least one entry."""
    from icalendar import Calendar  # half a second, which only those pay who make calendars

    said = words(language)
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", method)
    made.add("name", said.register_)
    made.add("x-wr-calname", said.register_)
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    made.add("x-published-ttl", REFRESH)
    for entry in entries:
        made.add_component(_event(entry, language, place))
    return bytes(made.to_ical())


def _event(entry: Entry, language: str, place: Place) -> Any:
    from icalendar import Event

    made = Event()
    last = PartialDate(entry.ends or entry.starts).last_day()
    made.add("uid", f"milestone-{entry.code}@{place.domain}")
    made.add("sequence", entry.sequence)
    made.add("dtstamp", entry.told_at.astimezone(UTC))
    made.add("dtstart", PartialDate(entry.starts).first_day())
    made.add("dtend", last + timedelta(days=1))  # the day after the last, as RFC 5545 has it
    made.add("summary", entry.name(language), parameters={"language": language})
    made.add("description", _description(entry, language), parameters={"language": language})
    made.add("url", f"{place.portal}/reviews/{entry.code}")
    made.add("status", _status(entry))
    made.add("transp", "TRANSPARENT")
    return made


def _status(entry: Entry) -> str:
    if entry.cancelled:
        return "CANCELLED"
    return "CONFIRMED" if entry.certain else "TENTATIVE"


def _description(entry: Entry, language: str) -> str:
    """The days in words, and of which place they are days."""
    said = words(language)
    days = said.on(PartialDate(entry.starts))
    if entry.ends and entry.ends != entry.starts:
        days = f"{days} – {said.on(PartialDate(entry.ends))}"
    return f"{days} ({entry.time_zone})"


class Entries:
    """Those of mails, made once for all who get them in one language."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._made: dict[tuple[tuple[tuple[str, int], ...], str], Attachment] = {}

    def of(self, entries: Sequence[Entry], language: str) -> Attachment:
        """At least one; where all are cancelled, calendars are told to strike them."""
        key = tuple((entry.code, entry.sequence) for entry in entries), language
        if key not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            method: Method = "CANCEL" if all(entry.cancelled for entry in entries) else "PUBLISH"
            self._made[key] = Attachment(method, calendar(entries, language, self._place, method=method))
        return self._made[key]
