"""Regions and groups that entities belong to (¶69), as codes: regions of UN M49, regional groups, country groups."""

from collections.abc import Iterator

from shared.events.entities import Group
from shared.reference import catalogue
from shared.reference.entries import State
from shared.reference.regions import region_code


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
