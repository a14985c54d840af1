"""Checks the reference data: `python -m shared.reference.check` prints a sentence for each fault and exits 1 if any."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import available_timezones

from shared.reference import catalogue, loading
from shared.reference.entries import LANGUAGES, Entry, Milestone, ReviewCycle, State

PARAGRAPHS = range(1, 78)
ROUND_TABLES = {  # the headings above ¶24, 30, 37 and 45
    1: {2, 5, 6, 12, 18},
    2: {4, 8, 9, 10, 11, 13, 21},
    3: {14, 15, 16, 19, 20, 22},
    4: {1, 3, 7, 17, 23},
}
ROUND_TABLE_PARAGRAPHS = {1: range(24, 30), 2: range(30, 37), 3: range(37, 45), 4: range(45, 51)}
MEMBERS, OBSERVERS = 193, 2
ENGLISH_ONLY = {"COMMITMENTS"}
SIZES = {
    "OBJECTIVES": 23,
    "PRINCIPLES": 10,
    "SDG_TARGETS": 169,
    "STATES": MEMBERS + OBSERVERS,
    "REGIONAL_GROUPS": 5,
}
COMMISSIONS = {"unece", "escap", "eclac"}  # regional reviews held for the members of a commission; no list has these

_SCRIPTS = {"ar": re.compile(r"[\u0600-\u06ff]"), "zh": re.compile(r"[\u4e00-\u9fff]"), "ru": re.compile(r"[а-яА-Я]")}
_CODE = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*|[A-Z]{3}")
_FURNITURE = re.compile(r"UUI|\.png|Bilag|\[|\s{2}|\n|\w- | ,|^\d|\s$")
_STRENGTHS = {
    "commit": "commit",
    "will": "will",
    "aim": "aim to",
    "invite": "invite",
    "encourage": "encourage",
    "request": "request",
    "call_on": "call on",
    "welcome": "welcome",
}


def problems() -> list[str]:
    """Everything that is wrong with the files, each as a sentence; empty when all is well."""
    checks = (
        _paragraphs(),
        _lists(),
        _labels(),
        _shared_codes(),
        _objectives(),
        _commitments(),
        _states(catalogue.STATES),
        _groups(),
        _cycles(catalogue.CYCLES),
        _milestones(catalogue.MILESTONES),
    )
    return [sentence for check in checks for sentence in check]


def _paragraphs() -> Iterator[str]:
    found = catalogue.PARAGRAPHS
    if list(found) != list(PARAGRAPHS):
        yield f"The Declaration has ¶1 to ¶77 in this order, the file has {list(found)}."
    for number, paragraph in found.items():
        text = paragraph.text
        if not (text[:1].isupper() and text.endswith((".", ".”"))) or _FURNITURE.search(text):
            yield f"¶{number} is not a clean text: it begins {text[:40]!r} and ends {text[-40:]!r}."
        table = next((table for table, inside in ROUND_TABLE_PARAGRAPHS.items() if number in inside), None)
        if paragraph.round_table != table:
            yield f"¶{number} stands under round table {table}, the file says {paragraph.round_table}."


def _lists() -> Iterator[str]:
    for name, entries in catalogue.every_list().items():
        if len(entries) != SIZES.get(name, len(entries)):
            yield f"{name} has {len(entries)} entries instead of {SIZES[name]}."
        yield from (f'The code "{code}" of {name} is no code.' for code in entries if not _CODE.fullmatch(code))
        cited = ((code, entry.paragraph) for code, entry in entries.items() if entry.paragraph is not None)
        yield from (f"{name}, {code}: there is no ¶{number}." for code, number in cited if number not in PARAGRAPHS)
    for file in (path for path in loading.DATA.glob("*.json") if path.stem != "version"):
        rows = loading.read(file.stem)
        yield from (f"{file.name} has {key} more than once." for key in _repeated(_key(row) for row in rows))


def _key(row: dict[str, object]) -> str:
    return str(row.get("code") or row.get("paragraph") or row.get("number"))


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _labels() -> Iterator[str]:
    for name, entries in catalogue.every_list().items():
        languages = ("en",) if name in ENGLISH_ONLY else LANGUAGES
        for entry in entries.values():
            yield from (f"{name}, {entry.code}: {fault}" for fault in _label_faults(entry, languages))


def _label_faults(entry: Entry, languages: tuple[str, ...]) -> Iterator[str]:
    if set(entry.labels) != set(languages):
        yield f"it has labels in {sorted(entry.labels)} instead of {sorted(languages)}."
    for language, text in entry.labels.items():
        script = _SCRIPTS.get(language)
        if not text.strip() or (script and not script.search(text)):
            yield f"the label {text!r} is not in the language {language}."


def _shared_codes() -> Iterator[str]:
    seen: dict[str, Mapping[str, str]] = {}
    for name, entries in catalogue.every_list().items():
        for entry in entries.values():
            if seen.setdefault(entry.code, entry.labels) != entry.labels:
                yield f'The code "{entry.code}" of {name} is also in another list, with other labels.'


def _objectives() -> Iterator[str]:
    for table, numbers in ROUND_TABLES.items():
        found = {entry.number for entry in catalogue.round_table(table)}
        if found != numbers:
            yield f"Round table {table} has the objectives {sorted(numbers)}, the file has {sorted(found)}."
    footnotes = " ".join(note["text"] for note in loading.read("declaration_2022_footnotes"))
    for entry in catalogue.OBJECTIVES.values():
        if entry.code != f"objective-{entry.number}":
            yield f"The objective {entry.number} has the code {entry.code}."
        if f"Objective {entry.number}: {entry.labels['en']}" not in footnotes or "en" not in entry.official:
            yield f"The English title of {entry.code} is not that of the Declaration's footnotes."


def _commitments() -> Iterator[str]:
    for code, entry in catalogue.COMMITMENTS.items():
        if int(code.split("-")[0]) != entry.paragraph:
            yield f"Commitment {code} says that it is from ¶{entry.paragraph}."
        source = catalogue.PARAGRAPHS.get(entry.paragraph)
        if source and _STRENGTHS[entry.strength] not in source.text:
            yield f"¶{entry.paragraph} does not say {entry.strength!r}, as commitment {code} has it."
    missing = set(range(51, 78)) - {entry.paragraph for entry in catalogue.COMMITMENTS.values()}
    yield from (f"¶{number} has no commitment." for number in sorted(missing))


def _states(states: Mapping[str, State]) -> Iterator[str]:
    kinds = Counter(state.kind for state in states.values())
    if kinds != {"member_state": MEMBERS, "observer_state": OBSERVERS}:
        yield f"There are 193 Member and 2 observer States, the file has {dict(kinds)}."
    sizes = Counter(state.regional_group for state in states.values() if state.kind == "member_state")
    if sizes != {code: entry.size for code, entry in catalogue.REGIONAL_GROUPS.items()}:
        yield f"The regional groups have {dict(sizes)} members."
    for name in ("iso2", "m49"):
        yield from (f"{key} stands for two States." for key in _repeated(getattr(s, name) for s in states.values()))
    named = (row["code"] for row in loading.read("other_names"))
    yield from (f"{code} has other names, but is no State." for code in named if code not in states)


def _groups() -> Iterator[str]:
    for code, group in catalogue.GROUPS.items():
        members = [member.iso3 for member in group.members]
        yield from (f"{iso3} is more than once in the group {code}." for iso3 in _repeated(members))
        yield from (f"{iso3} in the group {code} is no State." for iso3 in members if iso3 not in catalogue.STATES)
        yield from (
            f"{member.iso3} leaves the group {code} before it joins."
            for member in group.members
            if member.since and member.until and member.until <= member.since
        )


def _cycles(cycles: Mapping[str, ReviewCycle]) -> Iterator[str]:
    for cycle in cycles.values():
        named = {cycle.opened_by, cycle.forum, *([cycle.plenary] if cycle.plenary else [])}
        yield from (f"Cycle {cycle.code} names no milestone: {code}." for code in named - set(catalogue.MILESTONES))
        if cycle.opens_at.utcoffset() is None:
            yield f"Cycle {cycle.code} opens at a time without a zone."


def _milestones(milestones: Mapping[str, Milestone]) -> Iterator[str]:
    zones = available_timezones()
    for code, milestone in milestones.items():
        if milestone.cycle not in catalogue.CYCLES:
            yield f'Milestone {code} is of no cycle: "{milestone.cycle}".'
        if milestone.time_zone not in zones:
            yield f'Milestone {code} is in no time zone: "{milestone.time_zone}".'
        if milestone.ends and milestone.ends.ends_before(milestone.starts):
            yield f"Milestone {code} ends before it starts."
        if milestone.reminders != (milestone.kind in {"forum", "plenary"}):
            yield f"Milestone {code} is a {milestone.kind}: reminders go out before forums and plenaries only."
        if (milestone.kind == "regional_review") != (milestone.group in {*catalogue.GROUPS, *COMMISSIONS}):
            yield f'Milestone {code} is a {milestone.kind} of the group "{milestone.group}".'


def main() -> int:
    found = problems()
    for sentence in found:
        sys.stderr.write(sentence + "\n")
    if not found:
        sys.stdout.write(f"Reference data {catalogue.VERSION}: complete.\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
