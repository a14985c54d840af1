"""What every test may take, and how a run is shared between two processes."""

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# how long an example takes says something of the machine; what we want to be fast, tests/bench measures
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["tests.support.parts", "tests.support.keycloak", "tests.support.stack"]

PLACES = {
    "systems": ("tests/browser/", "tests/containers/", "tests/e2e/"),
    "parts": ("tests/faults/", "tests/fuzz/", "tests/integration/", "tests/local/", "tests/messaging/"),
}
OF_THE_PARTS = "tests/browser/test_sign_in_pages.py"


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]
    """One process has the whole systems, the other the parts, each started once; other files go to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(OF_THE_PARTS):
            return "parts"
        found = (name for name, folders in PLACES.items() if nodeid.startswith(folders))
        return next(found, nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPlace:
    return ByPlace(config, log)
