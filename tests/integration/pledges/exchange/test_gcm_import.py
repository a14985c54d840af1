"""What `gcm import` and `gcm export` do at the service, without the terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.exchange import _checked, _faults, _followed, _save, _sent
from shared.client import Addresses, Client
from tests.integration.pledges.exchange.conftest import AMINA, Exchange, table

WISH: dict[str, Any] = {"entity_id": "veridia", "statements": False, "submit": False}
CONTENT = table([{"title": "A", "period.end": "2026"}, {"title": "B", "period.end": "soon"}]).encode()


@pytest.fixture
def client(exchange: Exchange) -> Client:
    token = AMINA["Authorization"].removeprefix("Bearer ")
    return Client(Addresses(pledges="http://test"), token, exchange.service.client)


@asynccontextmanager
async def importing(exchange: Exchange) -> AsyncIterator[None]:
    """The importer at work, as in its process."""
    stop = asyncio.Event()
    running = asyncio.create_task(exchange.importer.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def test_a_file_goes_in_and_what_is_bad_comes_back_to_mend(
    exchange: Exchange, client: Client, tmp_path: Path
) -> None:
    async with importing(exchange):
        begun = await _sent(client, "pledges.csv", CONTENT, WISH)
        checked = await _checked(client, begun, None)
        assert (checked.state, checked.good, checked.bad) == ("checked", 1, 1)
        done = await _followed(client, await client.pledges.run_import(checked.import_id), "Importing")
        assert (done.state, done.made) == ("done", 1)
        bad = [row async for row in client.pledges.import_rows(done.import_id, state="bad")]
        assert [fault[:2] for fault in _faults(bad)] == [("B3", "period.end")]
        await _save(await client.pledges.bad_rows(done.import_id), tmp_path / "mend.csv")
        mended = (tmp_path / "mend.csv").read_bytes().replace(b'"soon"', b'"2027"')
        again = await _checked(client, await _sent(client, "mend.csv", mended, WISH), None)
        assert (again.rows, again.good, again.bad) == (1, 1, 0)
    assert not (tmp_path / ".mend.csv.part").exists()


async def test_the_same_command_goes_on_where_it_was(exchange: Exchange, client: Client) -> None:
    begun = await _sent(client, "pledges.csv", CONTENT, WISH)
    again = await _sent(client, "pledges.csv", CONTENT, WISH)
    assert again.import_id == begun.import_id
    async with importing(exchange):
        checked = await _checked(client, again, None)
        done = await _followed(client, await client.pledges.run_import(checked.import_id), "Importing")
        later = await _checked(client, await _sent(client, "pledges.csv", CONTENT, WISH), None)
    assert (later.import_id, later.state, later.made) == (done.import_id, "done", 1)
    assert await exchange.count("import_job") == 1


async def test_an_export_becomes_a_file(exchange: Exchange, client: Client, tmp_path: Path) -> None:
    await exchange.post("/pledges", {"entity_id": "veridia", "title": "A draft"})
    file = tmp_path / "mine.csv"
    size = await _save(await client.pledges.export_working_copies("veridia", "csv"), file)
    assert size == file.stat().st_size
    assert b"A draft" in file.read_bytes()
