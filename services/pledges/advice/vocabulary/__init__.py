"""The words by which the rules read a language: one file each. A language without a file is not read, and we say so."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr", "es")
Phrases = tuple[str, ...]


class Vocabulary(BaseModel):
    """Phrases in small letters. Above the line: what a text is about; below: how it says dates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    common: Phrases
    migrants: Phrases
    refugees: Phrases
    displaced: Phrases
    names: Phrases
    forward: Phrases
    past: Phrases
    vague: Phrases
    acts: Phrases
    absolute: Phrases
    recurring: Phrases

    numbers: Mapping[str, int]
    until: Phrases
    end_of: Phrases
    within: Phrases
    since: Phrases
    upto: Phrases
    span: Phrases
    span_filling: Phrases
    span_units: Phrases
    of: Phrases


@cache
def vocabulary(language: str) -> Vocabulary:
    return Vocabulary.model_validate(yaml.safe_load((HERE / f"{language}.yaml").read_text("utf-8")))


@cache
def phrases(language: str, of: str) -> re.Pattern[str]:
    """What finds the phrases of one list as whole words, whatever their case; of two that begin alike, the longer."""
    return re.compile(rf"(?<!\w)(?:{alternatives(getattr(vocabulary(language), of))})(?!\w)", re.IGNORECASE)


def alternatives(words: Iterable[str]) -> str:
    """A piece of a pattern; matches nothing where there are no words."""
    found = [re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=len, reverse=True)]
    return "|".join(found) or r"(?!)"
