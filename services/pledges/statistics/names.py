"""The codes of each dimension that are there whether a pledge has them or not, and what they are called in English."""

from functools import cache

from services.pledges.statistics.facts import NONE
from shared.reference import catalogue
from shared.reference.regions import regions, sub_regions

_LISTS = {
    "objective": catalogue.OBJECTIVES,
    "principle": catalogue.PRINCIPLES,
    "commitment": catalogue.COMMITMENTS,
    "form": catalogue.FORMS,
    "framework": catalogue.FRAMEWORKS,
    "sdg_target": catalogue.SDG_TARGETS,
    "kind": catalogue.PLEDGE_KINDS,
    "status": catalogue.STATUSES,
    "cycle": catalogue.CYCLES,
    "entity_kind": catalogue.ENTITY_KINDS,
}
_LEVELS = {"local": "Local", "national": "National", "regional": "Regional", "international": "International"}
_STATES = {
    "published": "Published",
    "fulfilled": "Closed: fulfilled",
    "partly_fulfilled": "Closed: partly fulfilled",
    "ended": "Closed: ended",
    "superseded": "Closed: superseded",
}


@cache
def listed(dimension: str) -> dict[str, str]:
    """Names by code, in the order of their list; empty where codes are what pledges say ("year", "entity"…)."""
    if dimension in _LISTS:
        return {code: entry.label("en") for code, entry in _LISTS[dimension].items()}
    return _others().get(dimension, {})


def _others() -> dict[str, dict[str, str]]:
    groups = {**catalogue.GROUPS, **catalogue.REGIONAL_GROUPS}
    return {
        "round_table": {str(number): f"Round table {number}" for number in range(1, 5)},
        "level": _LEVELS,
        "state": _STATES,
        "region": dict(sorted({**regions(), **sub_regions()}.items(), key=lambda region: region[1])),
        "group": {code: entry.label("en") for code, entry in groups.items()},
    }


def called(dimension: str) -> dict[str, str]:
    """Names by code, with that of having none."""
    none = {"status": "No report yet", "cycle": "No review cycle"}.get(dimension, "None named")
    return {**listed(dimension), NONE: none}
