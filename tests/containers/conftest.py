"""One composed system for these tests, where a container engine is there."""

import os
from collections.abc import Iterator

import pytest

from tests.containers.compose import Compose, composed


@pytest.fixture(scope="session")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    if os.environ.get("GCM_TEST_PARTS") != "docker":
        pytest.skip("needs a container engine: GCM_TEST_PARTS=docker")
    with composed(tmp_path_factory.mktemp("compose")) as made:
        yield made
