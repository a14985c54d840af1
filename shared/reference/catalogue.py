"""The reference data: lists of codes, and what each code means.

Each list is a mapping from code to entry in the order of its source, read from its file when it is first named. A
lookup of an unknown code raises `UnknownCode`, a ValueError, so that validators of pydantic models may call it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from shared.reference import loading
from shared.reference.entries import (
    Commitment,
    CountryGroup,
    Entry,
    Indicator,
    Milestone,
    Objective,
    Paragraph,
    RegionalGroup,
    ReviewCycle,
    State,
)

VERSION: str
PARAGRAPHS: Mapping[int, Paragraph]
OBJECTIVES: Mapping[str, Objective]
PRINCIPLES: Mapping[str, Entry]
ENTITY_KINDS: Mapping[str, Entry]
PLEDGE_KINDS: Mapping[str, Entry]
FORMS: Mapping[str, Entry]
STATUSES: Mapping[str, Entry]
BARRIERS: Mapping[str, Entry]
DISAGGREGATION: Mapping[str, Entry]
FRAMEWORKS: Mapping[str, Entry]
SDG_TARGETS: Mapping[str, Entry]
COMMITMENTS: Mapping[str, Commitment]
INDICATORS: Mapping[str, Indicator]
CYCLES: Mapping[str, ReviewCycle]
MILESTONES: Mapping[str, Milestone]
STATES: Mapping[str, State]
GROUPS: Mapping[str, CountryGroup]
REGIONAL_GROUPS: Mapping[str, RegionalGroup]

E = TypeVar("E", bound=Entry)

_LISTS: dict[str, Callable[[], Mapping[str, Entry]]] = {
    "OBJECTIVES": loading.objectives,
    "PRINCIPLES": partial(loading.plain, "guiding_principles"),
    "ENTITY_KINDS": partial(loading.plain, "entity_kinds"),
    "PLEDGE_KINDS": partial(loading.plain, "pledge_kinds"),
    "FORMS": partial(loading.plain, "forms"),
    "STATUSES": partial(loading.plain, "statuses"),
    "BARRIERS": partial(loading.plain, "barriers"),
    "DISAGGREGATION": partial(loading.plain, "disaggregation"),
    "FRAMEWORKS": partial(loading.plain, "frameworks"),
    "SDG_TARGETS": loading.sdg_targets,
    "COMMITMENTS": loading.commitments,
    "INDICATORS": loading.indicators,
    "CYCLES": loading.cycles,
    "MILESTONES": loading.milestones,
    "STATES": loading.states,
    "GROUPS": loading.groups,
    "REGIONAL_GROUPS": loading.regional_groups,
}
_OTHERS: dict[str, Callable[[], Any]] = {"VERSION": loading.version, "PARAGRAPHS": loading.paragraphs}


class UnknownCode(ValueError):
    """A code that the reference data does not have; the message names those that may have been meant."""


def objective(code: str) -> Objective:
    return _find("objective", loading.objectives(), code)


def principle(code: str) -> Entry:
    return _find("guiding principle", loading.plain("guiding_principles"), code)


def entity_kind(code: str) -> Entry:
    return _find("kind of entity", loading.plain("entity_kinds"), code)


def pledge_kind(code: str) -> Entry:
    return _find("kind of pledge", loading.plain("pledge_kinds"), code)


def form(code: str) -> Entry:
    return _find("form", loading.plain("forms"), code)


def status(code: str) -> Entry:
    return _find("status", loading.plain("statuses"), code)


def barrier(code: str) -> Entry:
    return _find("barrier", loading.plain("barriers"), code)


def disaggregation(code: str) -> Entry:
    return _find("disaggregation", loading.plain("disaggregation"), code)


def framework(code: str) -> Entry:
    return _find("framework", loading.plain("frameworks"), code)


def sdg_target(code: str) -> Entry:
    return _find("SDG target", loading.sdg_targets(), code)


def commitment(code: str) -> Commitment:
    return _find("commitment", loading.commitments(), code)


def cycle(code: str) -> ReviewCycle:
    return _find("review cycle", loading.cycles(), code)


def milestone(code: str) -> Milestone:
    return _find("milestone", loading.milestones(), code)


def state(iso3: str) -> State:
    return _find("State", loading.states(), iso3)


def group(code: str) -> CountryGroup:
    return _find("country group", loading.groups(), code)


def paragraph(number: int) -> Paragraph:
    """¶ `number` of the Declaration, 1 to 77."""
    found = loading.paragraphs()
    if number not in found:
        raise UnknownCode(f"There is no ¶{number}: the Declaration has ¶1 to ¶{len(found)}.")
    return found[number]


def round_table(number: int) -> tuple[Objective, ...]:
    """The objectives of a round table, 1 to 4; of any other number there are none."""
    return tuple(entry for entry in loading.objectives().values() if entry.round_table == number)


def groups_of(iso3: str, day: date) -> tuple[str, ...]:
    """Codes of the country groups to which a State belongs on that day."""
    return tuple(code for code, found in loading.groups().items() if iso3 in found.on(day))


def label(code: str, language: str) -> str:
    """What people read in place of a code of any list, in a UN language (English in any other).

    A code that several lists have ("other") has the same label in all of them.
    """
    for load in _LISTS.values():
        entry = load().get(code)
        if entry:
            return entry.label(language)
    raise UnknownCode(f'No list has a code "{code}".')


def every_list() -> Mapping[str, Mapping[str, Entry]]:
    """All lists of codes by their name here ("OBJECTIVES", …)."""
    return {name: load() for name, load in _LISTS.items()}


def _find(noun: str, entries: Mapping[str, E], code: str) -> E:
    found = entries.get(code)
    if found is None:
        from difflib import get_close_matches  # only a wrong code has to wait for it

        near = get_close_matches(code, entries, n=3, cutoff=0.5) or list(entries)[:10]
        shown = code[:100].encode("utf-8", "backslashreplace").decode()  # half a character cannot be sent back
        raise UnknownCode(f'There is no {noun} "{shown}"; did you mean {", ".join(near)}?')
    return found


if not TYPE_CHECKING:  # a type checker shall still find a name that does not exist

    def __getattr__(name: str) -> Any:
        """PEP 562: a list is read when it is first named, so that an import costs nothing."""
        load = _LISTS.get(name) or _OTHERS.get(name)
        if load is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = load()
        return globals()[name]
