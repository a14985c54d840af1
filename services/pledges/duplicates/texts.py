"""What of a pledge is compared: its texts in every language, and its numbers, which no translation changes. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, Self

from rapidfuzz.utils import default_process

from shared.searching.folding import fold

LONGEST = 2000  # characters of a text that are compared: what is the same says so by then
MOST_TRANSLATIONS = 5  # the languages of the United Nations, besides the pledge's own
MOST_PARTNERS = 10  # a pledge is sought among those of its first partners
_NUMBER = re.compile(r"\d+(?:[.,'’ \u00a0\u202f]\d+)*")
_GROUPS = re.compile(r"(?<=\d)[.,'’ \u00a0\u202f](?=\d{3}(?!\d))")
_YEARS = range(1990, 2101)


class Pledge(Protocol):
    """What Content and PledgeSnapshot have in common."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def objectives(self) -> Sequence[str]: ...
    @property
    def forms(self) -> Sequence[str]: ...
    @property
    def partner_entities(self) -> Sequence[str]: ...
    @property
    def period(self) -> Any: ...
    @property
    def targets(self) -> Sequence[Any]: ...
    @property
    def translations(self) -> Sequence[Any]: ...
    @property
    def external_ids(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Wording:
    """A title and a text in one language, folded: without case and punctuation, the title without accents too."""

    title: str
    text: str

    @classmethod
    def of(cls, title: str, description: str) -> Self:
        return cls(fold(title), default_process(description[:LONGEST]))


@dataclass(frozen=True)
class Said:
    """A pledge as far as two are compared. `wordings` is by language, the pledge's own first."""

    entity_id: str
    partners: frozenset[str]
    language: str
    wordings: Mapping[str, Wording]
    numbers: frozenset[str]
    objectives: frozenset[str]
    forms: frozenset[str]
    start: str | None
    end: str | None
    external_ids: frozenset[tuple[str, str]]

    @property
    def own(self) -> Wording:
        """In the pledge's own language."""
        return self.wordings[self.language]


def said(entity_id: str, pledge: Pledge) -> Said:
    """The pledge of that entity, ready to be compared."""
    written: list[Any] = [pledge, *pledge.translations[:MOST_TRANSLATIONS]]
    return Said(
        entity_id=entity_id,
        partners=frozenset(pledge.partner_entities[:MOST_PARTNERS]),
        language=pledge.language,
        wordings={one.language: Wording.of(one.title, one.description) for one in written},
        numbers=frozenset(_numbers(pledge)),
        objectives=frozenset(pledge.objectives),
        forms=frozenset(pledge.forms),
        start=_day(pledge.period.start),
        end=_day(pledge.period.end),
        external_ids=frozenset((fold(one.system), one.id.strip()) for one in pledge.external_ids),
    )


def _day(date: object) -> str | None:
    return str(date) if date else None


def _numbers(pledge: Pledge) -> Iterator[str]:
    """Of two digits and more, and no years: "200.000", "200 000" and "200,000" are one."""
    texts = (pledge.title, pledge.description[:LONGEST])
    plain = [_plain(found) for text in texts for found in _NUMBER.findall(text)]
    plain += [_plain(f"{target.value:f}") for target in pledge.targets if target.value is not None]
    return (number for number in plain if len(number) > 1 and not (number.isdecimal() and int(number) in _YEARS))


def _plain(number: str) -> str:
    if number.isdecimal():
        return str(int(number))
    joined = _GROUPS.sub("", number)
    parts = re.split(r"\D", joined)
    value = Decimal(".".join(parts[:2])) if len(parts) == 2 else Decimal("".join(parts))
    return f"{value.normalize():f}"
