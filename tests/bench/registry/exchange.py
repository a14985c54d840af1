"""Importing 10,000 pledges, from the file to the last one made, against posting as many one by one with 16 clients.

Both through the whole service with a membership and 3 KB a pledge, by turns in one run. The memory is that of the
importer and of the process that reads the files for it, at its highest over what it is when it has nothing to do.
"""

import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from deploy.local.ports import choose
from services.pledges.exchange import column_writing, columns
from services.pledges.exchange.files import Format
from services.pledges.registry.content import Content
from shared.files import sheets
from tests.bench import load, stand
from tests.bench.figures import Figure, at_least, at_most, console, median, table
from tests.bench.quiet import memory, wait_until_quiet
from tests.bench.spine.submission import ENTITY, body, headers, interface
from tests.support.parts import LocalParts, Urls

PLEDGES = 10_000
TURNS = 5
SECONDS = 5.0
FASTER, LARGER = 2.0, 200.0  # times the rate of posting; MB over the idle process
PATIENCE = 300.0  # seconds for one import
OTHERS: tuple[Format, ...] = ("xlsx", "json")


@dataclass(frozen=True)
class Imported:
    format: Format
    size: int
    per_second: float
    megabytes: float


def run() -> list[Figure]:
    with stand.durable_parts() as parts, stand.identity_provider() as keys:
        urls = stand.migrated(parts, "pledges")
        api, importer = choose(2)
        with interface(parts, urls, keys, api), _importer(parts, urls, importer) as process:
            turns = [(_posted(api), _import(api, process, "csv", turn)) for turn in range(TURNS)]
            others = [_import(api, process, format_) for format_ in OTHERS]
    posted = median([one for one, _ in turns])
    found = [one for _, one in turns]
    csv = Imported("csv", found[0].size, median([one.per_second for one in found]), max(one.megabytes for one in found))
    rows: list[tuple[object, ...]] = [("posted one by one, 16 clients", "", posted, "")]
    rows += [(f"imported from {one.format}", one.size / 1e6, one.per_second, one.megabytes) for one in (csv, *others)]
    table(f"{PLEDGES:,} pledges, medians of {TURNS} turns", ("", "file MB", "pledges/s", "MB over idle"), rows)
    times = [one.per_second / least for least, one in turns]
    console.print("by turn: " + " ".join(f"{one:.2f}" for one in times))
    most = max(one.megabytes for one in (csv, *others))
    return [
        at_least(f"import of {PLEDGES:,} from csv: times the rate of posting", FASTER, median(times)),
        at_most("import: memory over the idle process, the largest of the formats", LARGER, most, " MB"),
    ]


def _posted(api: int) -> float:
    """A second."""
    wait_until_quiet()
    return load.run(load.Load(api, "/pledges", body(), headers(), seconds=SECONDS)).per_second


@contextmanager
def _importer(parts: LocalParts, urls: Urls, port: int) -> Iterator[psutil.Process]:
    environment = {"GCM_DATABASE_URL": urls.app_url, "GCM_HEALTH_PORT": str(port)}
    with stand.process(parts, "importer", "services.pledges", "importer", **environment) as child:
        stand.wait_for(child, port)
        yield psutil.Process(child.pid)


def _import(api: int, process: psutil.Process, format_: Format, turn: int = 0) -> Imported:
    content = _file(format_, turn)
    wait_until_quiet()
    with Memory.watched(process) as watched, httpx.Client(base_url=f"http://127.0.0.1:{api}", timeout=30) as client:
        begun = time.perf_counter()
        made = _sent(client, f"pledges.{format_}", content)
        took = time.perf_counter() - begun
    assert made == PLEDGES, made
    return Imported(format_, len(content), PLEDGES / took, watched.over / 1e6)


def _sent(client: httpx.Client, name: str, content: bytes) -> int:
    """From the first request to the end of the import: how many pledges it made."""
    wish = {"name": name, "size": len(content), "entity_id": ENTITY, "submit": True}
    job = _post(client, "/imports", wish)
    path, size = f"/imports/{job['import_id']}", job["part_size"]
    for number, begin in enumerate(range(0, len(content), size), start=1):
        part = content[begin : begin + size]
        client.put(f"{path}/parts/{number}", content=part, headers=headers()).raise_for_status()
    _post(client, f"{path}/check", {})
    _until(client, path, "checked")
    _post(client, f"{path}/run", None)
    return int(_until(client, path, "done")["made"])


def _post(client: httpx.Client, path: str, wish: Any) -> dict[str, Any]:
    answer = client.post(path, json=wish, headers={**headers(), "Idempotency-Key": f"{path} {time.time()}"})
    answer.raise_for_status()
    return dict(answer.json())


def _until(client: httpx.Client, path: str, state: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while (found := client.get(path, headers=headers()).json())["state"] != state:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found['state']}: {found['rows']} rows, {found['made']} made")
        time.sleep(0.05)
    return dict(found)


def _file(format_: Format, turn: int = 0) -> bytes:
    """Pledges that differ in their titles, from turn to turn too, each of the size of the one that is posted."""
    content = Content.model_validate(
        {name: value for name, value in json.loads(body()).items() if name in Content.model_fields}
    )
    pledge = json.loads(content.model_dump_json(exclude={"external_ids"}))
    made = (pledge | {"title": f"Pledge {number} as {format_} in turn {turn}"} for number in range(PLEDGES))
    if format_ == "json":
        return b"[" + b",".join(json.dumps(one).encode() for one in made) + b"]"
    header = [column.name for column in columns.COLUMNS]
    rows = ([column_writing.written(one)[name] for name in header] for one in made)
    if format_ == "csv":
        return sheets.line(header) + b"".join(map(sheets.line, rows))
    book, out = sheets.Workbook("Pledges", header), io.BytesIO()
    book.add_all(rows)
    book.save(out)
    return out.getvalue()


@dataclass
class Memory:
    """The highest that a process and its children need while it is watched, over what it had before. Resident bytes."""

    process: psutil.Process
    idle: int
    most: int = 0
    ended: bool = False

    @classmethod
    @contextmanager
    def watched(cls, process: psutil.Process) -> Iterator["Memory"]:
        found = cls(process, memory(process.pid))
        watching = threading.Thread(target=found._look, daemon=True)
        watching.start()
        yield found
        found.ended = True
        watching.join()

    @property
    def over(self) -> int:
        return self.most - self.idle

    def _look(self) -> None:
        while not self.ended:
            self.most = max(self.most, memory(self.process.pid))
            time.sleep(0.02)
