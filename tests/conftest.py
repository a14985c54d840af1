"""What every test may take, and how a run is shared between two processes."""

import pytest

pytest_plugins = ["tests.support.parts", "tests.support.stack"]

SYSTEMS, PARTS = {"stack", "compose"}, {"parts", "mortal"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """One process has the whole systems, the other the parts, each started once; the rest goes to whoever is free."""
    taken = set(getattr(item, "fixturenames", ()))
    if taken & SYSTEMS:
        item.add_marker(pytest.mark.xdist_group("systems"))
    elif taken & PARTS:
        item.add_marker(pytest.mark.xdist_group("parts"))
