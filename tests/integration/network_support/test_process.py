"""The program as it is started in production."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import choose
from services.network_support.clocks import rules
from tests.support.databases import Databases

COMMAND = (sys.executable, "-m", "services.network_support")


ENVIRONMENT = {
    "GCM_ENVIRONMENT": "test",
    "GCM_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "GCM_OIDC_ISSUER": "http://127.0.0.1:1/realms/gcm",
    "GCM_PLEDGES_URL": "http://127.0.0.1:1",
    "GCM_ATTACHMENTS_URL": "memory:///",
    "GCM_REPLY_KEYS": "a secret that makes reply addresses of tests",
    "GCM_DATABASE_URL": "postgresql://127.0.0.1:1/nothing",
}


@asynccontextmanager
async def _api(database_url: str, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = ENVIRONMENT | {"GCM_DATABASE_URL": database_url, "GCM_HTTP_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(*COMMAND, "api", env={**os.environ, **environment})
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_api_serves_until_it_is_told_to_stop(databases: Databases) -> None:
    [port] = choose(1)
    async with databases.of("network_support") as urls, _api(urls.app_url, port) as process:
        ready = await _answer(f"http://127.0.0.1:{port}/readyz", process)
        assert (ready.status_code, ready.json()) == (200, {"status": "ok"})
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def _answer(url: str, process: asyncio.subprocess.Process) -> httpx.Response:
    async with asyncio.timeout(30), httpx.AsyncClient() as http:
        while True:
            assert process.returncode is None, "it ended by itself"
            try:
                return await http.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("roles", [[], ["conductor"], ["migrate", "api"]])
async def test_a_wrong_role_is_told_the_right_ones(roles: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(*COMMAND, *roles, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("usage: python -m services.network_support")


@pytest.mark.parametrize("role", ["api", "consumer"])
async def test_a_faulty_file_of_the_clocks_is_refused_at_start(tmp_path: Path, role: str) -> None:
    file = tmp_path / rules.POLICY
    file.write_text((rules.FOLDER / rules.POLICY).read_text().replace("scoping:", "scopping:"))
    environment = {**os.environ, **ENVIRONMENT, "GCM_CLOCKS_FOLDER": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(*COMMAND, role, env=environment, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    line = file.read_text().partition("scopping")[0].count("\n") + 1
    told = f"not started:\n{file}, line {line}: scopping is not known here. Did you mean scoping?\n"
    assert (process.returncode, said.decode()) == (1, told)
