"""Regions and groups that entities belong to (¶69), as codes: regions of UN M49, regional groups, country groups."""

from collections.abc import Iterator
from functools import cache

from shared.events.entities import Group
from shared.reference import catalogue
from shared.reference.entries import State
from shared.searching.folding import fold


def region_code(name: str) -> str:
    """ "Western Africa" of M49 is "region_western_africa"."""
    return "region_" + fold(name).replace(" ", "_")


@cache
def codes() -> frozenset[str]:
    """All there are."""
    states = catalogue.STATES.values()
    regions = {region_code(name) for state in states for name in (state.region, state.sub_region)}
    return frozenset({*catalogue.GROUPS, *catalogue.REGIONAL_GROUPS, *regions})


def known(code: str) -> str:
    """Raises ValueError, with the codes that there are, for any other."""
    if code not in codes():
        raise ValueError(f"is no group or region; use one of {', '.join(sorted(codes()))}")
    return code


def of_state(state: State) -> list[Group]:
    """Where the reference data puts a State, by code and date."""
    found = {(group.code, group.since): group for group in _of_state(state)}
    return [found[place] for place in sorted(found, key=str)]


def _of_state(state: State) -> Iterator[Group]:
    # the African group of the United Nations is a regional group and a group of ¶69: one code, one row
    for code in (region_code(state.region), region_code(state.sub_region), state.regional_group):
        if code:
            yield Group(code=code)
    for entry in catalogue.GROUPS.values():
        for member in entry.members:
            if member.iso3 == state.code:
                yield Group(code=entry.code, since=member.since, until=member.until)
