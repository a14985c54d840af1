"""What the reference data consists of. ¶ numbers are those of the Progress Declaration of 12 May 2022."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.reference.dates import PartialDate

LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")  # the order in which the United Nations name them

Strength = Literal["commit", "will", "aim", "invite", "encourage", "request", "call_on", "welcome"]
MilestoneKind = Literal["forum", "plenary", "regional_review", "hlpf", "report_deadline"]
StateKind = Literal["member_state", "observer_state"]


@dataclass(frozen=True)
class Entry:
    """One code of a list, with what people read in its place, by language code."""

    code: str
    labels: Mapping[str, str]
    paragraph: int | None = None
    """The ¶ it comes from; None where practice, not the Declaration, made it."""

    def label(self, language: str) -> str:
        """Its label in a UN language, English in any other."""
        return self.labels.get(language) or self.labels["en"]


@dataclass(frozen=True, kw_only=True)
class Objective(Entry):
    """An objective of the Compact; `official` are the languages whose label is its official title."""

    number: int
    round_table: int
    official: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Commitment(Entry):
    """One statement of ¶51-77. Its label is English, in our own words; `addressee` is who should act."""

    paragraph: int
    strength: Strength
    addressee: str


@dataclass(frozen=True, kw_only=True)
class ReviewCycle(Entry):
    """A stretch of reporting; reports count toward it from `opens_at` (UTC) on."""

    opens_at: datetime
    opened_by: str
    plenary: str | None
    forum: str


@dataclass(frozen=True, kw_only=True)
class Milestone(Entry):
    """A dated event of a review cycle, as first known; the pledges service moves it. Days are those of its seat."""

    cycle: str
    kind: MilestoneKind
    starts: PartialDate
    ends: PartialDate | None = None
    seat: str | None
    time_zone: str
    tentative: bool
    reminders: bool
    """Whether entities are invited to report before it: only where pledges are reported, forums and plenaries."""
    group: str | None = None
    """The country group or regional commission that meets, for a regional review."""
    document: str | None = None


@dataclass(frozen=True, kw_only=True)
class State(Entry):
    """A Member or observer State. `code` is ISO 3166 alpha-3; regions are those of UN M49, in English."""

    iso2: str
    m49: str
    kind: StateKind
    region: str
    sub_region: str
    regional_group: str | None
    other_names: tuple[str, ...] = ()
    """What people also call it: former and short names, in any language, to be found by."""


@dataclass(frozen=True)
class GroupMember:
    """A State's membership, from `since` up to but not on `until`; None means no date is known."""

    iso3: str
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, kw_only=True)
class CountryGroup(Entry):
    """A group of States; `source` says where its members were taken from."""

    source: str
    members: tuple[GroupMember, ...]

    def on(self, day: date) -> frozenset[str]:
        """ISO 3166 alpha-3 codes of those who belong to it on that day."""
        return frozenset(member.iso3 for member in self.members if member.on(day))


@dataclass(frozen=True, kw_only=True)
class RegionalGroup(Entry):
    """An electoral group of the United Nations and how many Member States it has."""

    size: int


@dataclass(frozen=True, kw_only=True)
class Indicator(Entry):
    """A figure with a baseline and a value to reach by a date."""

    unit: str
    baseline: float
    baseline_at: str
    comparator: Literal["less_than"]
    value: float
    by: PartialDate


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the Progress Declaration, as agreed. ¶1 stands before the first heading."""

    paragraph: int
    section: str | None
    round_table: int | None
    text: str
