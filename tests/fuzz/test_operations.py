"""Every operation of the services, as each role, with data of its schema and outside of it.

As part of all tests, short, as one role and with the same data each time; `make fuzz` runs the whole.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.fuzz.scenes import SCENES, named
from tests.support.api import Services, served
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF
from tests.support.tokens import bearer

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("GCM_FUZZ_EXAMPLES")  # for each operation and role; makes the run a whole one
SEED = os.environ.get("GCM_FUZZ_SEED", "20181219")
SHORT = ("--phases", "fuzzing", "--max-examples", "1")
ROLES: dict[str, dict[str, str]] = {
    "anyone": {},
    "member": bearer("amina"),
    "staff": STAFF,
    "administrator": ADMIN,
    "reviewer": REVIEWER,
    "machine": MACHINE,
}


def _callers(role: str) -> dict[str, str]:
    return {
        "AUTHORIZATION": ROLES[role].get("Authorization", ""),
        "LEAVER": bearer("leaver")["Authorization"],
    }


def _words(address: str) -> Iterator[str]:
    yield from (sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run")
    yield from (f"{address}/openapi.json", "--url", address, "--wait-for-schema", "20", "--no-color")
    yield from (("--max-examples", EXAMPLES) if EXAMPLES else SHORT)
    yield from ("--seed", SEED)


async def _schemathesis(address: str, settings: dict[str, str]) -> tuple[int, str]:
    """Its exit code, and all that it said, which is also printed as it comes: a whole run takes long."""
    environment = os.environ | {f"GCM_FUZZ_{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *_words(address), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    said = []
    while part := await process.stdout.read(65_536):
        said.append(part.decode(errors="replace"))
        print(said[-1], end="", flush=True)  # noqa: T201 - for whoever runs this with -s
    return await process.wait(), "".join(said)


@pytest.mark.timeout(7200)  # seconds: a whole one takes minutes for each role
@pytest.mark.parametrize("role", ROLES if EXAMPLES else ["member"])
@pytest.mark.parametrize("name", SCENES)
async def test_no_answer_is_outside_of_the_schema(service: Services, name: str, role: str) -> None:
    async with AsyncExitStack() as stack:
        tried, there = await SCENES[name](service, stack)
        address = await stack.enter_async_context(served(tried))
        code, said = await _schemathesis(address, named(there) | _callers(role))
    assert code == 0, said
