"""Reads the files in `data/`, each once, into mappings from code to entry in the order of the file."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from shared.reference.dates import PartialDate
from shared.reference.entries import (
    LANGUAGES,
    Commitment,
    CountryGroup,
    Entry,
    GroupMember,
    Indicator,
    Milestone,
    Objective,
    Paragraph,
    RegionalGroup,
    ReviewCycle,
    State,
)

SDG_TARGET = {
    "ar": "الغاية {} من أهداف التنمية المستدامة",
    "zh": "可持续发展目标具体目标{}",
    "en": "SDG target {}",
    "fr": "Cible {} des ODD",
    "ru": "Задача {} ЦУР",
    "es": "Meta {} de los ODS",
}
DATA = Path(__file__).parent / "data"

E = TypeVar("E", bound=Entry)


@cache
def version() -> str:
    return str(read("version")["version"])


@cache
def paragraphs() -> Mapping[int, Paragraph]:
    return MappingProxyType({row["paragraph"]: Paragraph(**row) for row in read("declaration_2022")})


@cache
def plain(name: str) -> Mapping[str, Entry]:
    """The list in `data/<name>.json` whose entries are no more than codes with labels."""
    return _by_code(Entry(**row) for row in read(name))


@cache
def objectives() -> Mapping[str, Objective]:
    return _by_code(Objective(**row | {"official": tuple(row["official"])}) for row in read("objectives"))


@cache
def commitments() -> Mapping[str, Commitment]:
    return _by_code(Commitment(**row) for row in read("commitments"))


@cache
def indicators() -> Mapping[str, Indicator]:
    return _by_code(Indicator(**row | {"by": PartialDate(row["by"])}) for row in read("indicators"))


@cache
def cycles() -> Mapping[str, ReviewCycle]:
    return _by_code(
        ReviewCycle(**row | {"opens_at": datetime.fromisoformat(row["opens_at"])}) for row in read("review_cycles")
    )


@cache
def milestones() -> Mapping[str, Milestone]:
    return _by_code(_milestone(row) for row in read("milestones"))


@cache
def states() -> Mapping[str, State]:
    others = {row["code"]: tuple(row["names"]) for row in read("other_names")}
    with (DATA / "states.csv").open(encoding="utf-8", newline="") as file:
        return _by_code(_state(row, others.get(row["iso3"], ())) for row in csv.DictReader(file))


@cache
def groups() -> Mapping[str, CountryGroup]:
    return _by_code(
        CountryGroup(**row | {"members": tuple(_member(member) for member in row["members"])})
        for row in read("country_groups")
    )


@cache
def regional_groups() -> Mapping[str, RegionalGroup]:
    return _by_code(RegionalGroup(**row) for row in read("regional_groups"))


@cache
def sdg_targets() -> Mapping[str, Entry]:
    """The 169 targets of the 2030 Agenda: 1.1, 1.2 … 1.a, 1.b …"""
    goals = read("sdg_targets")
    codes = [f"{goal['number']}.{end}" for goal in goals for end in _ends(goal["numbered"], goal["lettered"])]
    return _by_code(
        Entry(code, {language: text.format(code) for language, text in SDG_TARGET.items()}, paragraph=74)
        for code in codes
    )


def read(name: str) -> Any:
    """The content of `data/<name>.json`."""
    return json.loads((DATA / f"{name}.json").read_bytes())


def _ends(numbered: int, lettered: int) -> list[str]:
    return [*map(str, range(1, numbered + 1)), *"abcdefgh"[:lettered]]


def _by_code(entries: Iterable[E]) -> Mapping[str, E]:
    return MappingProxyType({entry.code: entry for entry in entries})


def _milestone(row: dict[str, Any]) -> Milestone:
    ends = PartialDate(row["ends"]) if row.get("ends") else None
    return Milestone(**row | {"starts": PartialDate(row["starts"]), "ends": ends})


def _state(row: dict[str, Any], others: tuple[str, ...]) -> State:
    return State(
        code=row["iso3"],
        labels={language: row[f"name_{language}"] for language in LANGUAGES},
        iso2=row["iso2"],
        m49=row["m49"],
        kind=row["kind"],
        region=row["region"],
        sub_region=row["sub_region"],
        regional_group=row["regional_group"] or None,
        other_names=others,
    )


def _member(row: dict[str, str]) -> GroupMember:
    since, until = (date.fromisoformat(row[end]) if row.get(end) else None for end in ("since", "until"))
    return GroupMember(row["iso3"], since, until)
