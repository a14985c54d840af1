"""What every test may take, and how a run is shared between two processes."""

import pytest

pytest_plugins = ["tests.support.parts", "tests.support.stack"]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `-n 2`: one process has the stack, the other the parts, each started once; the rest goes to who is free."""
    for item in items:
        taken = set(getattr(item, "fixturenames", ()))
        if group := "stack" if "stack" in taken else "parts" if "parts" in taken or "mortal" in taken else None:
            item.add_marker(pytest.mark.xdist_group(group))
