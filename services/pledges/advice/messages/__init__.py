"""What the rules say, in the six languages of the United Nations: one file each, every code in all of them.

A message is a sentence with placeholders, or one for each plural form of the language where `count` appears (CLDR).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from babel import Locale
from pydantic import BaseModel, ConfigDict

from services.pledges.advice.findings import Price, Tongue, Value
from shared import speaking
from shared.reference.dates import PartialDate

HERE = Path(__file__).parent
LONGEST_QUOTE = 80  # characters of what people wrote


class Words(BaseModel):
    """One language's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: str
    comma: str
    messages: Mapping[str, str | Mapping[str, str]]


@cache
def words(language: str) -> Words:
    return Words.model_validate(yaml.safe_load((HERE / f"{language}.yaml").read_text("utf-8")))


def say(code: str, values: Mapping[str, Value], language: str) -> str:
    """The message for a code in one of the six languages. Raises KeyError for a code that has none."""
    locale, known = speaking.locale_of(language), words(language)
    message = known.messages[code]
    if not isinstance(message, str):
        count = values["count"]
        assert isinstance(count, int)  # noqa: S101 - only counts have plural forms
        message = message[locale.plural_form(count)]
    return message.format_map({name: _shown(value, known, locale) for name, value in values.items()})


def _shown(value: Value, known: Words, locale: Locale) -> str:
    match value:
        case str():
            return known.quote.format(speaking.isolated(_short(value), locale))
        case tuple():
            return known.comma.join(_shown(one, known, locale) for one in value)
        case PartialDate():
            return speaking.day(value, locale)
        case Tongue(code):
            return str(locale.languages.get(code, code))
        case Price(amount, currency):
            return " ".join(filter(None, (speaking.number(amount.normalize(), locale), currency)))
        case _:
            return speaking.number(value, locale)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE].rstrip()}…"
