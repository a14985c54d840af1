"""One reply to the requester from several offers: a text for staff to change before it goes out. Pure; reads its words.

It names what each offer is, who gives it and which interests they declare, so that whoever asked can decide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.lists import format_list
from pydantic import BaseModel, ConfigDict

from shared import policies, speaking
from shared.reference.dates import PartialDate

FILE = Path(__file__).parent / "reply.yaml"


class Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: str
    about: str
    about_unnamed: str
    one: str
    several: str
    giver: str
    network: str
    languages: str
    until: str
    conflicts: str
    next: str
    signed: str


class _Languages(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ar: Words
    zh: Words
    en: Words
    fr: Words
    ru: Words
    es: Words


@dataclass(frozen=True)
class Offered:
    """What the reply says of an offer. `giver` None: the Network itself."""

    title: str
    text: str
    giver: str | None
    languages: Sequence[str]
    valid_until: date | None
    conflicts: str


@dataclass(frozen=True)
class Asked:
    """To whom it goes, and about what; `pledge` None: its title is not known."""

    entity: str
    pledge: str | None


@cache
def words() -> dict[str, Words]:
    """By language. Raises Faulty."""
    found = policies.load(FILE, _Languages)
    return {code: getattr(found, code) for code in _Languages.model_fields}


def language_of(tag: str) -> str:
    """The UN language of a request's language; English for any other."""
    code = tag.partition("-")[0]
    return code if code in words() else speaking.ENGLISH


def consolidated(asked: Asked, offers: Sequence[Offered], language: str) -> str:
    """In one of the languages of `words`; paragraphs with an empty line between."""
    said = words()[language]
    about = said.about.format(pledge=asked.pledge) if asked.pledge else said.about_unnamed
    parts = [said.greeting.format(entity=asked.entity), about, said.several if len(offers) > 1 else said.one]
    for number, offer in enumerate(offers, 1):
        parts.append("\n".join(_lines(offer, f"{number}. " if len(offers) > 1 else "", said, language)))
    return "\n\n".join([*parts, said.next, said.signed]) + "\n"


def _lines(offer: Offered, number: str, said: Words, language: str) -> Iterator[str]:
    locale = speaking.locale_of(language)
    yield number + offer.title
    yield offer.text.strip()
    yield said.giver.format(giver=offer.giver or said.network)
    names = [str(locale.languages.get(code) or code) for code in offer.languages]
    yield said.languages.format(languages=format_list(names, locale=locale))
    if offer.valid_until:
        yield said.until.format(day=speaking.day(PartialDate(offer.valid_until.isoformat()), locale))
    if offer.conflicts.strip():
        yield said.conflicts.format(conflicts=offer.conflicts.strip())
