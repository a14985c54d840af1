"""The reference data in the tables: complete, loaded once, and never over what people have changed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import text

from services.pledges.__main__ import migrate
from services.pledges.reference import Loaded, load, load_into
from shared.reference import catalogue
from shared.reference.dates import PartialDate
from tests.integration.pledges.conftest import Desk
from tests.support.api import Service
from tests.support.entities import ADMIN, STAFF, made

NOTHING = Loaded(entities=0, milestones=0)


async def reload(pledges: Service) -> Loaded:
    moment = pledges.clock.moment()
    async with pledges.owner.transaction() as session:
        return await load(session, moment)


def changed(monkeypatch: pytest.MonkeyPatch, name: str, **entries: Any) -> None:
    """The list `name` of the catalogue with some of its entries replaced."""
    present: Mapping[str, Any] = getattr(catalogue, name)
    new = {code.replace("_", "-") if name == "MILESTONES" else code: values for code, values in entries.items()}
    merged = dict(present) | {code: replace(present[code], **values) for code, values in new.items()}
    monkeypatch.setattr(catalogue, name, MappingProxyType(merged))


async def test_all_states_and_milestones_are_there(pledges: Service) -> None:
    rows = await pledges.rows("select kind, count(*) from entity group by kind")
    assert {row["kind"]: row["count"] for row in rows} == {"member_state": 193, "observer_state": 2}
    [mali] = [await made(pledges.client.get("/entities/MLI"))]
    assert {"african", "ldc", "lldc", "region_western_africa"} <= {group["code"] for group in mali["groups"]}
    [milestones] = await pledges.rows("select count(*) from milestone")
    assert milestones["count"] == len(catalogue.MILESTONES)


async def test_each_was_told_once_when_it_was_loaded(pledges: Service) -> None:
    told = await pledges.rows("select topic, key from outbox")
    assert Counter(row["topic"] for row in told) == {"gcm.entities": 195, "gcm.reviews": len(catalogue.MILESTONES)}
    assert len({(row["topic"], row["key"]) for row in told}) == len(told)
    [steps] = await pledges.rows("select count(*), count(person_id) as people from entity_history")
    assert (steps["count"], steps["people"]) == (195, 0)


async def test_a_second_load_changes_and_tells_nothing(pledges: Service) -> None:
    queries = ("select * from entity order by 1", "select * from milestone order by 1", "select * from review_cycle")
    before = [await pledges.rows(query) for query in queries]
    assert await load_into(pledges.owner.url, pledges.clock) == NOTHING
    assert await pledges.outbox() == []
    assert [await pledges.rows(query) for query in queries] == before


async def test_migrating_again_changes_nothing(pledges: Service) -> None:
    import asyncio

    await asyncio.to_thread(migrate, pledges.owner.url)
    assert await pledges.outbox() == []


async def test_a_milestone_that_staff_moved_is_not_moved_back(
    pledges: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"starts": "2024-12-12", "time_zone": "America/New_York", "reason": "The hall is taken."}
    await made(pledges.client.put("/reviews/plenary-2024", json=body, headers=STAFF | {"If-Match": '"1"'}))
    assert await reload(pledges) == NOTHING
    names = dict(catalogue.MILESTONES["plenary-2024"].labels) | {"en": "The plenary"}
    changed(monkeypatch, "MILESTONES", plenary_2024={"ends": PartialDate("2024-12-06"), "labels": names})
    assert await reload(pledges) == Loaded(entities=0, milestones=1)
    found = await made(pledges.client.get("/reviews/plenary-2024"))
    assert (found["starts"], found["ends"], found["name"], found["revision"]) == ("2024-12-12", None, "The plenary", 3)
    assert (await pledges.outbox())[-1].data["change"]["fields"] == ["names"]


async def test_a_milestone_that_nobody_moved_follows(pledges: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, "MILESTONES", imrf_2026={"starts": PartialDate("2026-05-12"), "ends": None})
    assert await reload(pledges) == Loaded(entities=0, milestones=1)
    assert await reload(pledges) == NOTHING
    [told] = await pledges.outbox()
    assert (told.key, told.data["change"]["by"]) == ("imrf-2026", "system")
    assert (told.data["milestone"]["starts"], told.data["milestone"]["sequence"]) == ("2026-05-12", 2)
    [row] = await pledges.rows("select starts_on::text, ends from milestone where code = 'imrf-2026'")
    assert tuple(row.values()) == ("2026-05-12", None)


async def test_a_cycle_that_opens_at_another_time_is_told_of_with_its_milestones(
    pledges: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = catalogue.CYCLES["2026"].opens_at.replace(year=2025)
    changed(monkeypatch, "CYCLES", **{"2026": {"opens_at": opens}})
    of_2026 = [code for code, entry in catalogue.MILESTONES.items() if entry.cycle == "2026"]
    assert await reload(pledges) == Loaded(entities=0, milestones=len(of_2026))
    assert {told.key for told in await pledges.outbox()} == set(of_2026)
    assert all(told.data["milestone"]["cycle_opens"].startswith("2025") for told in await pledges.outbox())
    assert await reload(pledges) == NOTHING


async def test_who_has_reported_since_a_cycle_opened_is_counted_anew_when_it_opens_at_another_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    voices = "select a, pledges from statistics_pair('review', 'review')"
    await made(desk.post(f"/pledges/{await desk.published()}/updates", {"status": "in_progress"}))
    assert await desk.service.rows(voices) == [{"a": "2022.reported", "pledges": 1}]
    opens = catalogue.CYCLES["2022"].opens_at.replace(year=2025)
    changed(monkeypatch, "CYCLES", **{"2022": {"opens_at": opens}})
    await load_into(desk.service.owner.url, desk.service.clock)
    assert await desk.service.rows(voices) == [{"a": "2022.silent", "pledges": 1}]
    await made(desk.post(f"/pledges/{await desk.published()}/updates", {"status": "in_progress"}))
    assert await desk.service.rows(voices) == [{"a": "2022.silent", "pledges": 2}]
    before = await desk.service.rows("select * from statistics_state")
    await load_into(desk.service.owner.url, desk.service.clock)
    assert await desk.service.rows("select * from statistics_state") == before


async def test_a_state_keeps_what_administrators_gave_it(pledges: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    germany = await made(pledges.client.get("/entities/DEU"))
    body = {name: germany[name] for name in ("kind", "country", "fictional", "groups")}
    body |= {"names": germany["names"] | {"en": "Federal Republic of Germany"}, "aliases": ["Bundesrepublik"]}
    await made(pledges.client.put("/entities/DEU", json=body, headers=ADMIN | {"If-Match": '"1"'}))
    changed(monkeypatch, "STATES", DEU={"sub_region": "Northern Europe", "labels": {"en": "Another"}})
    assert await reload(pledges) == Loaded(entities=1, milestones=0)
    found = await made(pledges.client.get("/entities/DEU"))
    assert (found["name"], found["aliases"]) == ("Federal Republic of Germany", ["Bundesrepublik"])
    assert "region_northern_europe" in {group["code"] for group in found["groups"]}
    assert await reload(pledges) == NOTHING


async def test_a_state_that_an_administrator_added_first_is_left_alone(
    pledges: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = catalogue.STATES["DEU"]
    monkeypatch.setattr(catalogue, "STATES", {**catalogue.STATES, "XXA": replace(state, code="XXA")})
    body = {"entity_id": "XXA", "kind": "member_state", "names": {"en": "New State"}}
    await made(pledges.client.post("/entities", json=body, headers=ADMIN | {"Idempotency-Key": "new"}))
    assert await reload(pledges) == NOTHING
    assert (await made(pledges.client.get("/entities/XXA")))["name"] == "New State"
    assert len(await pledges.outbox()) == 1


async def test_a_state_from_before_there_were_other_names_gets_them(pledges: Service) -> None:
    async with pledges.owner.transaction() as session:
        for statement in (
            "update entity set aliases = '{}', reference = reference - 'aliases' where entity_id in ('TUR', 'CZE')",
            "update entity set aliases = '{Bohemia}' where entity_id = 'CZE'",
        ):
            await session.execute(text(statement))
    await reload(pledges)
    rows = await pledges.rows("select aliases from entity where entity_id in ('TUR', 'CZE') order by entity_id")
    assert [row["aliases"] for row in rows] == [["Bohemia"], ["Turkey", "Turquie", "Turquía"]]
