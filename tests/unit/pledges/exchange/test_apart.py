"""Files are read by a real process of its own, which may run out of memory, hang, die or be left behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest
import uvloop

from services.pledges.exchange import apart
from services.pledges.exchange.apart import Batch, Order, Reader
from services.pledges.exchange.checking import Wanted
from services.pledges.exchange.files import Unreadable
from tests.messaging.stage import eventually

SOUND = "title\n" + "\n".join(f"Pledge {number}" for number in range(5))


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    found = Reader()
    yield found
    await found.close()


def order(folder: Path, content: str = SOUND, *, skip: int = 0, most: int = 2) -> Order:
    file = folder / "pledges.csv"
    file.write_text(content)
    return Order(str(file), "csv", "utf-8", skip, most, Wanted(statements=False, entity_id="veridia", submit=False))


async def read(reader: Reader, order: Order) -> list[list[str]]:
    """The titles, batch by batch."""
    async with aclosing(reader.read(order)) as batches:
        return [_titles(batch) async for batch in batches]


def _titles(batch: Batch) -> list[str]:
    return [json.loads(one.wish)["title"] for one in batch.checked if one.wish]


def pid(reader: Reader) -> int:
    process = reader._process  # noqa: SLF001 - only the process itself can be harmed as it is outside
    assert process is not None
    return process.pid


async def test_batches_come_in_order_from_where_the_last_process_was(reader: Reader, tmp_path: Path) -> None:
    assert await read(reader, order(tmp_path)) == [["Pledge 0", "Pledge 1"], ["Pledge 2", "Pledge 3"], ["Pledge 4"], []]
    first = pid(reader)
    assert await read(reader, order(tmp_path, skip=3)) == [["Pledge 3", "Pledge 4"], []]
    assert pid(reader) == first


async def test_a_file_that_needs_too_much_memory_is_unreadable_and_the_next_is_read(
    reader: Reader, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable, match="needs more memory"):
        await read(reader, order(tmp_path, f"title\nA pledge{',' * 20_000_000}\n"))
    assert (await read(reader, order(tmp_path)))[0] == ["Pledge 0", "Pledge 1"]


def test_it_is_read_under_the_loop_of_the_processes_too(tmp_path: Path) -> None:
    async def once() -> list[list[str]]:
        reader = Reader()
        try:
            return await read(reader, order(tmp_path))
        finally:
            await reader.close()

    assert len(uvloop.run(once())) == 4


async def test_long_pledges_come_in_smaller_batches(reader: Reader, tmp_path: Path) -> None:
    rows = "\n".join(f"Pledge {number},{'x' * 19_000}" for number in range(240))
    found = await read(reader, order(tmp_path, f"title,description\n{rows}", most=200))
    assert [len(titles) for titles in found] == [103, 103, 34, 0]


async def test_a_pledge_without_end_is_not_taken_into_the_importer(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "LARGEST_FRAME", 1_000)
    with pytest.raises(Unreadable, match="far too long"):
        await read(reader, order(tmp_path))


async def test_a_file_that_takes_too_long_is_unreadable(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(reader, order(tmp_path))
    os.kill(pid(reader), signal.SIGSTOP)
    monkeypatch.setattr(apart, "PATIENCE", 0.2)
    with pytest.raises(Unreadable, match="takes too long"):
        await read(reader, order(tmp_path))
    monkeypatch.undo()
    assert len(await read(reader, order(tmp_path))) == 4


async def test_a_reader_that_dies_over_a_file_spoils_no_other(reader: Reader, tmp_path: Path) -> None:
    async with aclosing(reader.read(order(tmp_path, SOUND * 20_000))) as batches:
        await anext(batches)
        os.kill(pid(reader), signal.SIGKILL)
        with pytest.raises(Unreadable, match="reader broke down"):
            async for _ in batches:
                pass
    assert len(await read(reader, order(tmp_path))) == 4


async def test_a_file_that_is_not_read_to_its_end_leaves_nothing_to_the_next(reader: Reader, tmp_path: Path) -> None:
    async with aclosing(reader.read(order(tmp_path))) as batches:
        await anext(batches)
    assert (await read(reader, order(tmp_path, "title\nAnother")))[0] == ["Another"]


async def test_it_is_told_no_secret(reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCM_DATABASE_URL", "postgresql://secret")
    await read(reader, order(tmp_path))
    assert not [name for name in psutil.Process(pid(reader)).environ() if name.startswith("GCM_")]


async def test_a_stop_that_is_said_to_all_processes_spoils_no_file(reader: Reader, tmp_path: Path) -> None:
    async with aclosing(reader.read(order(tmp_path))) as batches:
        await anext(batches)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(pid(reader), number)
        assert [_titles(batch) async for batch in batches] == [["Pledge 2", "Pledge 3"], ["Pledge 4"], []]
    first = pid(reader)
    assert len(await read(reader, order(tmp_path))) == 4
    assert pid(reader) == first


async def test_it_ends_with_the_importer() -> None:
    program = (
        "import asyncio, sys\n"
        "from services.pledges.exchange.apart import Reader\n"
        "async def main():\n"
        "    print((await Reader().begin()).pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    importer = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert importer.stdout
    child = psutil.Process(int(await importer.stdout.readline()))

    importer.kill()
    await importer.communicate()

    async def gone() -> bool:
        return not child.is_running() or child.status() == psutil.STATUS_ZOMBIE

    await eventually(gone, within=30)
