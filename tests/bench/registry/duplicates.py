"""Advice with possible duplicates on one pledge among many, against `select 1` over the same HTTP path.

Half of all pledges are of one entity, and half of those share one title, one frame and most of their numbers: what is
alike there has keys with tens of thousands of rows. Asked is by somebody who may see what is not published, too.
"""

import asyncio
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, cast
from uuid import UUID

import asyncpg

from services.pledges.duplicates import keys, texts
from services.pledges.registry.content import EXAMPLE, Content
from services.pledges.registry.lifecycle import Publication, snapshot
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, Progress
from tests.bench import load, stand
from tests.bench.figures import Figure, at_most, median, table
from tests.bench.quiet import wait_until_quiet
from tests.bench.select_one import FLOOR
from tests.bench.spine.submission import words
from tests.support import tokens
from tests.support.api import START

PLEDGES = 100_000
ROUNDS, SECONDS = 7, 1.0
BAR = 25.0  # times `select 1`
ADVICE = "/pledges/advice"
LARGE, SMALL = "DEU", ("FRA", "KEN", "MEX", "PHL", "MAR", "ECU", "THA", "PRT")
BATCH = 5000
_ASKED = {"very many, all alike": 1, "very many, each its own": 3, "fewer": 2}  # by the pledge's number


def run() -> list[Figure]:
    with stand.durable_parts() as parts, stand.identity_provider() as provider:
        urls = stand.migrated(parts, "pledges")
        asyncio.run(fill(urls.owner_url, PLEDGES))
        with stand.serving(parts, "pledges", urls.app_url, provider) as (_, port):
            return _measured(port)


def _measured(port: int) -> list[Figure]:
    """Each ratio is of two that were measured one after the other."""
    bodies = {says: _body(number) for says, number in _ASKED.items()}
    rounds = [
        {FLOOR: _p50(port, FLOOR, "")} | {says: _p50(port, ADVICE, body) for says, body in bodies.items()}
        for _ in range(ROUNDS + 1)
    ][1:]
    shown = [(says, median([one[says] for one in rounds])) for says in rounds[0]]
    table(f"Advice with duplicates among {PLEDGES:,} pledges, one connection", ("entity that has", "p50 ms"), shown)
    ratios = {says: median([one[says] / one[FLOOR] for one in rounds]) for says in _ASKED}
    return [at_most(f"advice, entity with {says}: times select 1", BAR, ratio) for says, ratio in ratios.items()]


def _p50(port: int, path: str, body: str) -> float:
    wait_until_quiet()
    staff = tokens.bearer("measured", "network_staff")
    return load.run(load.Load(port, path, body, staff, 200, connections=1, seconds=SECONDS)).p50


def _body(number: int) -> str:
    """The pledge of this number, as if somebody wrote it again."""
    pledge = next(islice(invented(number + 1), number, None))
    content = pledge.model_dump(mode="json", include=set(Content.model_fields))
    return json.dumps(content | {"entity_id": pledge.entity.entity_id})


def _id(number: int) -> UUID:
    return UUID(int=number + 1)


def invented(count: int) -> Iterator[PledgeSnapshot]:
    """Public pledges, the same in each run: by number, 1 of 4 as the first of all, 1 of 4 another one of LARGE."""
    chance = random.Random(1)  # noqa: S311 - the same in each run
    template = Content(**EXAMPLE | {"external_ids": [], "translations": [], "main_objectives": []})
    made = {code: _first(code, template) for code in (LARGE, *SMALL)}
    for number in range(count):
        entity = LARGE if number % 2 else SMALL[number // 2 % len(SMALL)]
        own = {"pledge_id": _id(number), "published_at": START + timedelta(seconds=number)}
        text = words(chance.choice((300, 900, 2000)), seed=number)
        if number % 4 != 1:
            own |= {"title": text[40:110].strip(), "objectives": [f"objective-{chance.randint(1, 23)}"]}
        yield made[entity].model_copy(update=own | {"description": f"{text} {number} {number * 7}"})


def _first(code: str, content: Content) -> PledgeSnapshot:
    entity = EntityRef(entity_id=code, name=code, kind="member_state")
    return snapshot(Publication(_id(0), entity, content, 1, 1, START, START, Progress()))


async def fill(owner_url: str, count: int) -> None:
    """Straight into the tables, as the service would have written them."""
    connection = await asyncpg.connect(owner_url)
    try:
        pledges = invented(count)
        while batch := list(islice(pledges, BATCH)):
            await _copy(connection, batch)
        await connection.execute("vacuum analyze pledge, public_pledge, pledge_key", timeout=600)
    finally:
        await connection.close()


async def _copy(connection: Any, batch: Sequence[PledgeSnapshot]) -> None:
    await _into(connection, "pledge", map(_working_copy, batch))
    await _into(connection, "public_pledge", map(_public, batch))
    found = (
        {"key": key, "pledge_id": pledge.pledge_id}
        for pledge in batch
        for key in keys.public(texts.said(pledge.entity.entity_id, pledge))
    )
    await _into(connection, "pledge_key", found)


async def _into(connection: Any, name: str, rows: Iterable[dict[str, object]]) -> None:
    made = list(rows)
    await connection.copy_records_to_table(
        name, columns=list(made[0]), records=[tuple(row.values()) for row in made], timeout=600
    )


def _working_copy(pledge: PledgeSnapshot) -> dict[str, object]:
    content = pledge.model_dump_json(include=set(Content.model_fields))
    at = {"created_at": pledge.published_at, "updated_at": pledge.published_at}
    return {**_plain(pledge), "revision": 1, "content": content, **at}


def _public(pledge: PledgeSnapshot) -> dict[str, object]:
    at = {"published_at": pledge.published_at, "first_published_at": pledge.published_at}
    says = {"entity_kind": pledge.entity.kind, "kind": pledge.kind, "objectives": pledge.objectives}
    counts = {"version": 1, "sequence": 1, "revision": 1}
    return {**_plain(pledge), **says, **counts, **at, "snapshot": pledge.model_dump_json()}


def _plain(pledge: PledgeSnapshot) -> dict[str, object]:
    plain = {name: getattr(pledge, name) for name in ("pledge_id", "state", "title")}
    return cast(dict[str, object], plain | {"entity_id": pledge.entity.entity_id})
