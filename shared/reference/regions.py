"""Codes of the regions of UN M49, which the reference data names with each State, and of all other groups of States."""

import re
from collections.abc import Mapping
from functools import cache

from shared.reference import catalogue

_NO_LETTER = re.compile("[^a-z]+")


def region_code(name: str) -> str:
    """ "Western Africa" of M49 is "region_western_africa"."""
    return "region_" + _NO_LETTER.sub("_", name.lower())


@cache
def regions() -> Mapping[str, str]:
    """The regions that the world is divided into, and their names in English."""
    return {region_code(name): name for name in sorted({state.region for state in catalogue.STATES.values()})}


@cache
def sub_regions() -> Mapping[str, str]:
    """Likewise those that the regions are divided into."""
    return {region_code(name): name for name in sorted({state.sub_region for state in catalogue.STATES.values()})}


@cache
def groups() -> frozenset[str]:
    """All that a State can belong to: regions, regional groups, country groups (¶69)."""
    return frozenset({*catalogue.GROUPS, *catalogue.REGIONAL_GROUPS, *regions(), *sub_regions()})


def known(code: str) -> str:
    """Raises ValueError, with the codes that there are, for any other."""
    if code not in groups():
        raise ValueError(f"is no group or region; use one of {', '.join(sorted(groups()))}")
    return code


def place(code: str) -> str:
    """A State, a region or a group. Raises ValueError for anything else."""
    if code not in catalogue.STATES and code not in groups():
        raise ValueError(
            f"is no State, region or group; use an ISO 3166 alpha-3 code, or one of {', '.join(sorted(groups()))}"
        )
    return code
