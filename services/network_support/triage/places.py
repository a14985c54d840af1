"""Regions and objectives as cases and officers have them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from shared.reference import catalogue
from shared.reference.regions import region_code, regions

NO_REGION = "none"  # in a filter: of the whole world, or not known


def region_of(groups: Iterable[Mapping[str, Any]], country: str | None) -> str | None:
    """Of an entity: the region that it is in, or else that of its country; None for those of the whole world."""
    own = next((str(group["code"]) for group in groups if group["code"] in regions()), None)
    state = catalogue.STATES.get(country or "")
    return own or (region_code(state.region) if state else None)


def _region(code: str) -> str:
    if code not in regions():
        raise ValueError(f"is no region; use one of {', '.join(sorted(regions()))}")
    return code


def _region_or_none(code: str) -> str:
    return code if code == NO_REGION else _region(code)


def _objective(code: str) -> str:
    if code not in catalogue.OBJECTIVES:
        raise ValueError("is no objective of the Compact; use objective-1 to objective-23")
    return code


Region = Annotated[str, AfterValidator(_region)]
RegionOrNone = Annotated[str, AfterValidator(_region_or_none)]
Objective = Annotated[str, AfterValidator(_objective)]
