"""The languages of the pages. A language is a file: locale/<code>.po; English is what stands in the code.

`make catalogue` writes locale/messages.pot, from which a translation begins.
"""

import gettext
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_DOWN, Decimal
from pathlib import Path

from babel import Locale, dates
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_percent
from babel.units import format_unit

from services.portal.words import WORDS, said
from shared import speaking
from shared.reference import catalogue
from shared.reference.catalogue import UnknownCode
from shared.reference.dates import PartialDate
from shared.speaking import ENGLISH, locale_of, preferred

FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Language:
    """How the pages speak to one reader."""

    code: str
    translations: gettext.NullTranslations

    @property
    def locale(self) -> Locale:
        return locale_of(self.code)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the whole page."""
        return str(self.locale.text_direction)

    def gettext(self, message: str) -> str:
        return self.translations.gettext(message)

    def day(self, when: PartialDate | date | str) -> str:
        """With as many parts as are known."""
        return speaking.day(when if isinstance(when, PartialDate) else PartialDate(str(when)), self.locale)

    def on(self, when: datetime) -> str:
        """The day of a moment, in UTC."""
        return self.day(when.astimezone(UTC).date())

    def moment(self, when: datetime) -> str:
        """To the minute, in UTC, and said so."""
        at = when.astimezone(UTC)
        return f"{self.day(at.date())}, {dates.format_time(at, 'HH:mm', locale=self.locale)} UTC"

    def number(self, value: Decimal | float) -> str:
        return speaking.number(value, self.locale)

    def percent(self, share: Decimal) -> str:
        """Of a share from 0 to 1; rounded down, so that 100 % says that nothing lacks."""
        return str(format_percent(share.quantize(Decimal("0.01"), ROUND_DOWN), locale=self.locale))

    def size(self, size: int) -> str:
        """Bytes in words, as computers show sizes of files: "1.2 MB", "3 KB"."""
        thousands = size / 1000
        unit, value = ("megabyte", thousands / 1000) if thousands >= 1000 else ("kilobyte", max(1, round(thousands)))
        return str(format_unit(round(value, 1), f"digital-{unit}", "short", locale=self.locale))

    def word(self, kind: str, code: str) -> str:
        """What people read in place of a code of `words.WORDS[kind]`."""
        return said(self.gettext, kind, code)

    def words(self, kind: str) -> dict[str, str]:
        """All of a kind, by code."""
        return {code: self.word(kind, code) for code in WORDS[kind]}

    def listed(self, parts: Sequence[str]) -> str:
        """One after the other, as the language lists things."""
        return str(format_list(parts, style="unit", locale=self.locale)) if parts else ""

    def label(self, code: str) -> str:
        """What people read in place of a code of the reference data; the code itself where there is none.

        Objectives are known by their numbers, so these stand before.
        """
        try:
            label = catalogue.label(code, self.code)
        except UnknownCode:
            return code
        objective = catalogue.OBJECTIVES.get(code)
        return f"{self.number(objective.number)}. {label}" if objective else label


def languages(folder: Path = FOLDER) -> dict[str, Language]:
    """By code (BCP 47): English, and each that has a file."""
    found = {ENGLISH: Language(ENGLISH, gettext.NullTranslations())}
    for file in sorted(folder.glob("*.po")):
        found[file.stem] = Language(file.stem, _translations(file))
    return found


def _translations(file: Path) -> gettext.NullTranslations:
    compiled = io.BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(accepted: str, available: Mapping[str, Language]) -> Language:
    """The best of `available` for a header Accept-Language (RFC 9110, 12.5.4); English if none fits."""
    return available[preferred(accepted, available)]
