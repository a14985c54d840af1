"""Files that people import, and the importer that works on them."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.pledges.exchange.importer import Importer
from tests.support.api import Service, once
from tests.support.entities import add_entity, give
from tests.support.tokens import bearer

AMINA, KOFI, VERA = bearer("amina"), bearer("kofi"), bearer("vera")


def table(rows: Iterable[Mapping[str, str]], separator: str = ",") -> str:
    """CSV with all columns that any row has."""
    found = list(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in found for name in row)), delimiter=separator)
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()


@dataclass(frozen=True)
class Exchange:
    """Short words for what people do with files."""

    service: Service
    importer: Importer

    async def post(self, path: str, body: object = None, who: dict[str, str] = AMINA) -> httpx.Response:
        return await self.service.client.post(path, json=body, headers=once(who))

    async def get(self, path: str, who: dict[str, str] | None = AMINA, **query: Any) -> httpx.Response:
        return await self.service.client.get(path, headers=who, params=query)

    async def sent(self, name: str, content: bytes, who: dict[str, str] = AMINA, **wish: Any) -> str:
        """The path of a new import whose file has arrived."""
        body = {"name": name, "size": len(content), "entity_id": "veridia", **wish}
        begun = await self.post("/imports", body, who)
        assert begun.status_code == 201, begun.text
        path, size = begun.headers["location"], begun.json()["part_size"]
        for number, begin in enumerate(range(0, len(content), size), start=1):
            part = content[begin : begin + size]
            put = await self.service.client.put(f"{path}/parts/{number}", content=part, headers=who)
            assert put.status_code == 200, put.text
        return str(path)

    async def work(self) -> None:
        while await self.importer.once(asyncio.Event()):
            pass

    async def checked(self, path: str, who: dict[str, str] = AMINA, **how: Any) -> dict[str, Any]:
        asked = await self.post(f"{path}/check", how, who)
        assert asked.status_code == 200, asked.text
        await self.work()
        return dict((await self.get(path, who)).json())

    async def dry(self, name: str, content: bytes, **wish: Any) -> dict[str, Any]:
        """An import that was checked."""
        path = await self.sent(name, content, **wish)
        return {"path": path, **await self.checked(path, wish.get("who", AMINA))}

    async def done(self, name: str, content: bytes, **wish: Any) -> dict[str, Any]:
        found = await self.dry(name, content, **wish)
        return await self.ran(found["path"], wish.get("who", AMINA))

    async def ran(self, path: str, who: dict[str, str] = AMINA) -> dict[str, Any]:
        ordered = await self.post(f"{path}/run", who=who)
        assert ordered.status_code == 200, ordered.text
        await self.work()
        return {"path": path, **(await self.get(path, who)).json()}

    async def rows(self, path: str, who: dict[str, str] = AMINA, **query: Any) -> list[dict[str, Any]]:
        return list((await self.get(f"{path}/rows", who, limit=100, **query)).json()["items"])

    async def faults(self, path: str) -> list[tuple[str, str, str]]:
        """Address, field and problem of all that is wrong."""
        found = [fault for row in await self.rows(path, state="bad") for fault in row["faults"]]
        assert all(fault["remedy"] for fault in found)
        return [(fault["address"], fault["field"], fault["problem"]) for fault in found]

    async def contents(self) -> list[dict[str, Any]]:
        """Of all pledges, in the order in which they were made."""
        rows = await self.service.rows("select content, state, entity_id from pledge order by pledge_id")
        return [json.loads(row["content"]) | {"state": row["state"], "entity_id": row["entity_id"]} for row in rows]

    async def count(self, table: str) -> int:
        [row] = await self.service.rows(f"select count(*) as n from {table}")  # noqa: S608 - named by the tests
        return int(row["n"])


@pytest.fixture
async def exchange(pledges: Service) -> AsyncIterator[Exchange]:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"}, aliases=[])
    await give(pledges, "amina")
    await give(pledges, "vera", "viewer")
    await give(pledges, "kofi", entity_id="kalmora")
    async with aclosing(Importer(pledges.database, pledges.clock, lambda: None)) as importer:
        yield Exchange(pledges, importer)
