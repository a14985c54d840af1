"""What is kept by deltas is what counting anew gives, whatever happened to the pledges."""

import asyncio
import json
import random
from collections import Counter
from datetime import timedelta
from itertools import combinations_with_replacement
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, text
from sqlmodel import col
from typer.testing import CliRunner

from cli.main import app
from services.pledges.duplicates.models import PledgeKey
from services.pledges.registry import records
from services.pledges.registry.content import Content
from services.pledges.registry.models import PublicPledge
from services.pledges.registry.records import New, Present
from services.pledges.search.models import SearchDocument
from services.pledges.statistics import rollups
from services.pledges.statistics.facts import DIMENSIONS, SHAPE, counted, pairs, parted
from shared.events.common import Change, EntityRef
from shared.events.pledges import PledgeSnapshot
from shared.reference import catalogue
from tests.support.api import START, Service
from tests.support.entities import add_entity

Found = dict[tuple[str, str, str, str], int]
ENTITIES = ("veridia", "kalmora", "a-city")
SEVERAL: dict[str, list[str]] = {
    "objectives": list(catalogue.OBJECTIVES),
    "principles": list(catalogue.PRINCIPLES),
    "commitments": list(catalogue.COMMITMENTS)[:8],
    "forms": list(catalogue.FORMS),
    "levels": ["local", "national", "regional", "international"],
    "frameworks": list(catalogue.FRAMEWORKS),
    "sdg_targets": ["10.7", "8.8", "17.16"],
    "partners": ["IOM", "A city: the capital", "ILO"],
    "partner_entities": list(ENTITIES),
}


class History:
    """Random things that happen to random pledges, through the one place where what is public changes."""

    def __init__(self, pledges: Service, seed: int) -> None:
        self._pledges, self._any = pledges, random.Random(seed)  # noqa: S311 - what happens shall happen again
        self.public: dict[UUID, PledgeSnapshot] = {}

    async def go_on(self) -> None:
        await self._any.choice([self._publish, self._publish, self._amend, self._report, self._close, self._merge])()

    def _content(self) -> dict[str, Any]:
        found: dict[str, Any] = {name: self._some(codes) for name, codes in SEVERAL.items()}
        found |= {"kind": self._any.choice(list(catalogue.PLEDGE_KINDS)), "language": self._any.choice(["en", "ar"])}
        return found | {"review_cycle": self._any.choice([None, "2022", "2026"])}

    def _some(self, codes: list[str]) -> list[str]:
        return self._any.sample(codes, self._any.randint(0, 3))

    async def _publish(self) -> None:
        at = START + timedelta(days=self._any.randint(-700, 700))
        entity = EntityRef(entity_id=self._any.choice(ENTITIES), name="An entity", kind="member_state")
        plain: dict[str, Any] = {"title": "A pledge", "description": "", "main_objectives": [], "targets": []}
        plain |= {"period": {}, "origin": "submitted", "sources": [], "progress": {}, "state": "published"}
        dates = {"published_at": at, "first_published_at": at}
        made = {"pledge_id": uuid4(), "sequence": 1, "version": 1, "entity": entity, **plain, **dates}
        await self._write(PledgeSnapshot.model_validate(made | self._content()), "published")

    async def _amend(self) -> None:
        await self._change("amended", **self._content())

    async def _report(self) -> None:
        status = self._any.choice(list(catalogue.STATUSES))
        at = START + timedelta(days=self._any.randint(-700, 700))
        await self._change("reported", progress={"status": status, "last_reported_at": at, "reports": 1})

    async def _close(self) -> None:
        reasons = ["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"]
        await self._change("closed", state="closed", closed_reason=self._any.choice(reasons))

    async def _merge(self) -> None:
        """Or its undoing."""
        merged = self._any.random() < 0.6
        reason = "superseded" if merged else None
        await self._change("closed", state="closed" if merged else "published", closed_reason=reason, merged=merged)

    async def _change(self, action: str, **changed: Any) -> None:
        if self.public:
            old = self._any.choice(list(self.public.values()))
            values = old.model_dump() | changed | {"sequence": old.sequence + 1}
            await self._write(PledgeSnapshot.model_validate(values), action)

    async def _write(self, new: PledgeSnapshot, action: str) -> None:
        old, entity_id = self.public.get(new.pledge_id), new.entity.entity_id
        step = Change(action=action, at=START, by="network_staff")
        present = Present(new.pledge_id, entity_id, 1, "published", Content(title="A pledge"), START, START, old)
        async with self._pledges.database.transaction() as session:
            if old is None:
                records.begin(session, [New(entity_id, "published", "A pledge", "{}", START, pledge_id=new.pledge_id)])
            await records.make_public(session, present, new, step, self._pledges.clock.moment())
        self.public[new.pledge_id] = new

    async def erase(self) -> None:
        """What only the owner of the tables can do."""
        gone = self.public.pop(self._any.choice(list(self.public)))
        async with self._pledges.owner.transaction() as session:
            await rollups.follow(session, gone, None)
            for table in (PledgeKey, SearchDocument, PublicPledge):
                await session.execute(delete(table).where(col(table.pledge_id) == gone.pledge_id))


async def kept(pledges: Service) -> Found:
    """All counts, as they are read: through the function that adds what is not folded yet."""
    found: Found = {}
    for first, second in combinations_with_replacement(DIMENSIONS, 2):
        rows = await pledges.rows("select * from statistics_pair(:one, :other)", one=first, other=second)
        found |= {(first, second, row["a"], row["b"]): row["pledges"] for row in rows}
    for other in ("left_out", "partner", "together"):
        rows = await pledges.rows("select * from statistics_pair('entity', :other)", other=other)
        found |= {("entity", other, row["a"], row["b"]): row["pledges"] for row in rows}
    return found


async def expected(pledges: Service, public: dict[UUID, PledgeSnapshot]) -> Found:
    """Counted one by one, with the voice of each by the rule in words: reported since the cycle opened."""
    opens = {row["code"]: row["opens_at"] for row in await pledges.rows("select code, opens_at from review_cycle")}
    cells: Counter[tuple[str, str, str, str]] = Counter()
    for pledge in public.values():
        found = counted(pledge)
        if found.cycle:
            heard = found.heard is not None and found.heard >= opens[found.cycle]
            found.facts.append(f"review:{found.cycle}.{'reported' if heard else 'silent'}")
        cells.update(place for pair in pairs(found.facts) if (place := parted(pair)))
    return {place: n for place, n in cells.items() if place[0] not in {"left_out", "together"} or place[0] != place[1]}


async def fold(pledges: Service) -> int:
    async with pledges.database.transaction() as session:
        return await rollups.fold(session)


@pytest.mark.parametrize("seed", range(6))
async def test_the_counts_are_those_of_a_recount(pledges: Service, seed: int) -> None:
    for entity_id in ENTITIES:
        await add_entity(pledges, entity_id=entity_id, names={"en": entity_id})
    history = History(pledges, seed)
    for step in range(90):
        await history.go_on()
        if step % 30 == 7:
            await history.erase()
        if step % 25 == 11:
            assert await fold(pledges) > 0
        if step % 25 == 12:
            assert await kept(pledges) == await expected(pledges, history.public)
    deltas = await kept(pledges)
    assert deltas == await expected(pledges, history.public)
    assert await rollups.recount(pledges.database) == len(history.public)
    assert await kept(pledges) == deltas


async def test_one_process_counts_at_a_time_and_a_delta_is_counted_once(pledges: Service) -> None:
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"})
    await add_entity(pledges, entity_id="a-city", names={"en": "A city"})
    history = History(pledges, 1)
    for _ in range(10):
        await history.go_on()
    async with pledges.database.transaction() as first:
        assert await rollups.fold(first) > 0
        assert await fold(pledges) == 0  # another replica, meanwhile
        unfolded = await kept(pledges)  # sees neither the deltas gone nor the cells changed
    assert await fold(pledges) == 0
    assert await kept(pledges) == unfolded


async def test_a_write_during_a_recount_is_not_lost(pledges: Service) -> None:
    for entity_id in ENTITIES:
        await add_entity(pledges, entity_id=entity_id, names={"en": entity_id})
    history = History(pledges, 2)
    await history.go_on()
    async with pledges.database.transaction() as counting:
        await counting.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        await counting.execute(text("select 1"))
        for _ in range(12):
            await history.go_on()
        await rollups.count_anew(counting)
    assert await kept(pledges) == await expected(pledges, history.public)


@pytest.mark.parametrize("shape", [0, SHAPE])
async def test_another_shape_is_counted_anew(pledges: Service, shape: int) -> None:
    """What a release counts differently, its migration counts again; otherwise it leaves the counts alone."""
    await add_entity(pledges)
    async with pledges.owner.transaction() as session:
        await session.execute(text("update statistics_state set shape = :shape"), {"shape": shape})
        await session.execute(text("insert into statistics_cell values ('kind', 'kind', 'common', 'common', 7)"))
    await rollups.bring_up(pledges.owner)
    left = await pledges.rows("select * from statistics_cell")
    assert bool(left) == (shape == SHAPE)
    [state] = await pledges.rows("select shape from statistics_state")
    assert state["shape"] == SHAPE


async def test_gcm_counts_anew(pledges: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async with pledges.owner.transaction() as session:
        await session.execute(text("insert into statistics_cell values ('kind', 'kind', 'common', 'common', 7)"))
    monkeypatch.setenv("GCM_DATABASE_URL", pledges.database.url)
    monkeypatch.setenv("GCM_KAFKA_BOOTSTRAP", "nowhere:9092")
    done = await asyncio.to_thread(CliRunner().invoke, app, ["recount", "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"pledges": 0}), done.output
    assert await pledges.rows("select * from statistics_cell") == []
