"""Loads the demonstration through the public API, as its users would: the demo is the product at work."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
AT_ONCE = 8
Token = Callable[[str], Awaitable[str]]  # a persona's access token


@dataclass
class Report:
    """What went in, and what was reported back with the reason."""

    entities: int = 0
    people: int = 0
    statements: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def read(name: str) -> list[dict[str, Any]]:
    """One of the data files beside this one."""
    records: list[dict[str, Any]] = json.loads((HERE / f"{name}.json").read_text())
    return records


async def load(pledges_url: str, token: Token) -> Report:
    """Entities and people by the administrator, then the 38 statements by the Network officer.

    May be repeated: every request carries an idempotency key of its own. Raises httpx.HTTPStatusError when an entity
    or a person is refused; a refused statement is a line in the report and costs the others nothing.
    """
    report = Report()
    async with httpx.AsyncClient(base_url=pledges_url, timeout=30) as http:
        as_admin = {"Authorization": f"Bearer {await token('ada')}"}
        as_officer = {"Authorization": f"Bearer {await token('noor')}"}
        await _each(read("entities"), lambda entity: _entity(http, as_admin, entity, report))
        await _each(read("personas"), lambda persona: _persona(http, as_admin, persona, report))
        await _each(read("real_pledges"), lambda record: _statement(http, as_officer, record, report))
    return report


async def _each(records: list[dict[str, Any]], do: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(record: dict[str, Any]) -> None:
        async with limit:
            await do(record)

    async with asyncio.TaskGroup() as group:
        for record in records:
            group.create_task(one(record))


async def _post(http: httpx.AsyncClient, who: dict[str, str], path: str, key: str, body: object) -> httpx.Response:
    return await http.post(path, json=body, headers={**who, "Idempotency-Key": f"demo-{key}"})


async def _entity(http: httpx.AsyncClient, who: dict[str, str], entity: dict[str, Any], report: Report) -> None:
    names = {"en": entity["name"]}
    body = {k: entity[k] for k in ("entity_id", "kind", "aliases", "country", "fictional")} | {"names": names}
    (await _post(http, who, "/entities", entity["entity_id"], body)).raise_for_status()
    report.entities += 1


async def _persona(http: httpx.AsyncClient, who: dict[str, str], persona: dict[str, Any], report: Report) -> None:
    contact = {k: persona[k] for k in ("person_id", "address", "language", "time_zone", "desk")}
    body = contact | {"name": persona["full_name"]}
    (await _post(http, who, "/people", persona["name"], body)).raise_for_status()
    if entity := persona["entity_id"]:
        membership = {"person_id": persona["person_id"], "role": persona["role"]}
        answer = await _post(http, who, f"/entities/{entity}/memberships", f"member-{persona['name']}", membership)
        answer.raise_for_status()
    report.people += 1


async def _statement(http: httpx.AsyncClient, who: dict[str, str], record: dict[str, Any], report: Report) -> None:
    answer = await _post(http, who, "/statements", record["ref"], statement(record))
    if answer.is_success:
        report.statements += 1
    else:
        report.refused[record["ref"]] = _why(answer)


def _why(answer: httpx.Response) -> str:
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        answer.raise_for_status()
    problem = answer.json()
    faults = [f"{fault['field']}: {fault['problem']}" for fault in problem.get("errors", [])]
    return "; ".join(faults) or str(problem["detail"])


def statement(record: dict[str, Any]) -> dict[str, Any]:
    """The record in the words of POST /statements; what the source does not say stays unsaid."""
    entity = record["entity"]
    same = ("kind", "title", "language", "objectives", "principles", "forms", "partners", "period", "sources")
    return {k: record[k] for k in same} | {
        "entity_id": entity and entity["entity_id"],
        "description": record["summary"],
        "review_cycle": record["context"],
        "targets": [_target(target) for target in record["targets"]],
    }


def _target(target: dict[str, Any]) -> dict[str, Any]:
    plain = {k: v for k, v in target.items() if k != "recurrence"}
    if target["recurrence"]:
        plain["value_text"] = ", ".join(filter(None, (target["value_text"], target["recurrence"])))
    return plain
