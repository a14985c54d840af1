"""The whole stack, as `gcm up` starts it, once for all end-to-end tests."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.files import erase
from tests.e2e.journey import Person, Stack, environment, eventually

STARTS_WITHIN = 800.0  # seconds: the first time on a machine, the parts are fetched and built too
STOPS_WITHIN = 90.0


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="gcm-e2e-"))
    with (folder / "up.log").open("wb") as log, httpx.Client(timeout=30) as http:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up"], env=environment(folder), stdout=log, stderr=log
        )
        made = Stack(folder, http, process)
        try:
            eventually(lambda: _running(made), within=STARTS_WITHIN)
            yield made
        finally:
            process.terminate()
            process.wait(STOPS_WITHIN)
    erase(folder)


def _running(stack: Stack) -> bool:
    assert stack.process.poll() is None, (stack.folder / "up.log").read_text()
    return (stack.folder / "stack.json").exists() and stack.says()["status"] == "running"


@pytest.fixture(scope="session")
def amina(stack: Stack) -> Person:
    return stack.person("amina")


@pytest.fixture(scope="session")
def noor(stack: Stack) -> Person:
    return stack.person("noor")


@pytest.fixture(scope="session")
def kofi(stack: Stack) -> Person:
    return stack.person("kofi")
