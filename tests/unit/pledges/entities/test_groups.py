"""Where the reference data puts States."""

import pytest

from services.pledges.entities import groups
from shared.reference import catalogue, regions


def codes(iso3: str) -> set[str]:
    return {group.code for group in groups.of_state(catalogue.STATES[iso3])}


def test_a_state_belongs_to_its_regions_and_groups() -> None:
    assert codes("MLI") >= {"region_africa", "region_western_africa", "african", "ldc", "lldc"}
    assert codes("DEU") == {"region_europe", "region_western_europe", "western_european_and_others"}


def test_an_observer_has_no_regional_group() -> None:
    assert codes("VAT") == {"region_europe", "region_southern_europe"}


@pytest.mark.parametrize("iso3", catalogue.STATES)
def test_no_group_is_named_twice_from_the_same_date(iso3: str) -> None:
    found = groups.of_state(catalogue.STATES[iso3])
    assert len({(group.code, group.since) for group in found}) == len(found)
    assert {group.code for group in found} <= regions.groups()
