"""What each language says around the templates: greetings, reasons, names of fields; dates and lists in its form."""

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812 - a language has a form of dates, and is asked for it
from functools import cache
from pathlib import Path

import yaml
from babel import Locale
from babel.lists import format_list
from pydantic import BaseModel, ConfigDict, Field

from services.notifications.content.shown import Shown, fill, shown
from shared import speaking
from shared.reference.dates import PartialDate

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("en", "ar", "zh", "fr", "ru", "es")  # those of the United Nations; to anybody else we write in the first
FALLBACK = LANGUAGES[0]


class Words(BaseModel):
    """One language, from its words.yaml. Sentences hold {name}, {entities} and the like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str
    register_: str = Field(alias="register")
    greeting: str
    greeting_without_name: str
    reasons: dict[str, str]
    automatic: str
    answerable: str  # in its place where a mail can be answered
    preferences: str
    unsubscribe: str
    untitled: str
    in_english: str
    fields: dict[str, str]
    roles: dict[str, str]

    @property
    def locale(self) -> Locale:
        return speaking.locale_of(self.language)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def shown(self, text: str) -> Shown:
        """One clean line of somebody else's, for a sentence of this language."""
        return shown(text, self.language)

    def greet(self, name: str) -> Shown:
        return fill(self.greeting, name=self.shown(name)) if name else fill(self.greeting_without_name)

    def reason(self, audience: str, entities: Sequence[str]) -> Shown:
        return fill(self.reasons[audience], entities=self.listed(entities))

    def listed(self, names: Sequence[str]) -> Shown:
        """In English: A, B and C."""
        places = ["{}"] * len(names)
        return fill(format_list(places, locale=self.locale), *map(self.shown, names))

    def on(self, day: PartialDate | Date) -> str:
        """The date as one writes it: 5 December 2024, 1er décembre 2024; as precise as it is known."""
        return speaking.day(day if isinstance(day, PartialDate) else PartialDate(str(day)), self.locale)

    def field(self, code: str) -> str:
        """A field's name; "targets.0.by" is the field "targets". What has no name shows its code."""
        return self.fields.get(code) or self.fields.get(code.split(".", 1)[0], code)


def spoken(language: str) -> str:
    """The language to write in for somebody who prefers `language` (BCP 47: "fr", "fr-CA")."""
    plain = language.lower().split("-", 1)[0]
    return plain if plain in LANGUAGES else FALLBACK


@cache
def words(language: str) -> Words:
    read = yaml.safe_load((FOLDER / language / "words.yaml").read_text("utf-8"))
    return Words.model_validate({"language": language, **read})
