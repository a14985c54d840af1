"""What each language says around the templates: greetings, reasons, names of fields, months."""

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812 - a language has a form of dates, and is asked for it
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("en", "fr")  # those whose templates are complete; anybody else is written to in the first
FALLBACK = LANGUAGES[0]


class Words(BaseModel):
    """One language, from its words.yaml. Sentences hold {name}, {entities} and the like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    direction: str
    greeting: str
    greeting_without_name: str
    reasons: dict[str, str]
    automatic: str
    untitled: str
    in_english: str
    and_: str = Field(alias="and")
    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    date: str
    first_of_month: str
    fields: dict[str, str]
    roles: dict[str, str]

    def greet(self, name: str) -> str:
        return self.greeting.format(name=name) if name else self.greeting_without_name

    def reason(self, audience: str, entities: Sequence[str]) -> str:
        return self.reasons[audience].format(entities=self.listed(entities))

    def listed(self, names: Sequence[str]) -> str:
        """In English: A, B and C."""
        *most, last = names or [""]
        return f"{', '.join(most)}{self.and_}{last}" if most else last

    def on(self, day: Date) -> str:
        """The date as one writes it: 5 December 2024, 1er décembre 2024."""
        number = self.first_of_month if day.day == 1 else str(day.day)
        return self.date.format(day=number, month=self.months[day.month - 1], year=day.year)

    def field(self, code: str) -> str:
        """A field's name; "targets.0.by" is the field "targets". What has no name shows its code."""
        return self.fields.get(code) or self.fields.get(code.split(".", 1)[0], code)


def spoken(language: str) -> str:
    """The language to write in for somebody who prefers `language` (BCP 47: "fr", "fr-CA")."""
    plain = language.lower().split("-", 1)[0]
    return plain if plain in LANGUAGES else FALLBACK


@cache
def words(language: str) -> Words:
    return Words.model_validate(yaml.safe_load((FOLDER / language / "words.yaml").read_text("utf-8")))
