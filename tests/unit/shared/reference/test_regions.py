"""Regions and groups of States, as codes."""

import pytest

from shared.reference import regions


def test_regions_are_named_as_in_m49() -> None:
    assert regions.region_code("South-eastern Asia") == "region_south_eastern_asia"
    assert list(regions.regions()) == [f"region_{name}" for name in ("africa", "americas", "asia", "europe", "oceania")]
    assert regions.sub_regions()["region_australia_and_new_zealand"] == "Australia and New Zealand"


def test_an_unknown_group_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="use one of african"):
        regions.known("atlantis")


@pytest.mark.parametrize("code", ["MLI", "region_asia", "ldc"])
def test_a_place_is_a_state_a_region_or_a_group(code: str) -> None:
    assert regions.place(code) == code


@pytest.mark.parametrize("code", ["XXX", "mli", "asia", ""])
def test_anything_else_is_no_place(code: str) -> None:
    with pytest.raises(ValueError, match="is no State, region or group"):
        regions.place(code)
