"""Clocks computed anew: after a change of the rules, when asked, after a kill, and while requests go on."""

import importlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.network_support.clocks import recomputing, rules
from services.network_support.clocks.lifecycle import OPEN
from services.network_support.clocks.recomputing import Recomputing
from services.network_support.clocks.rules import Rules
from services.network_support.requests import commands
from services.network_support.requests.lifecycle import MOVES, Decision, Step
from shared.authors import Author
from tests.integration.network_support.support import ADMIN, FOCAL_POINT, REVIEWER, STAFF, Support
from tests.integration.network_support.test_clocks import at, clocks, take
from tests.support.tokens import bearer

MIGRATION = importlib.import_module("services.network_support.migrations.versions.0008_clocks_of_before")
OPEN_CLOCKS = """
select request_id, kind, started_at, due_at, paused_since, spent, allowed, station from request_clock
where ended_at is null order by request_id, kind
"""
NOOR = Author("noor", "network_staff")


@pytest.fixture
def stricter(tmp_path: Path) -> Rules:
    """The program's rules, but a day for acknowledging."""
    policy = (rules.FOLDER / rules.POLICY).read_text()
    (tmp_path / rules.POLICY).write_text(policy.replace("acknowledge: 2", "acknowledge: 1"))
    return rules.load(tmp_path)


def worker(support: Support, by: Rules) -> Recomputing:
    return Recomputing(support.service.database, support.service.clock, by)


async def finish(one: Recomputing) -> None:
    while await one.once():
        pass


async def opened(support: Support, number: int) -> list[dict[str, Any]]:
    made = []
    for _ in range(number):
        pledge = uuid7()
        await support.hears(pledge)
        made.append(await support.opened(pledge))
    return made


async def dues(support: Support, requests: Sequence[dict[str, Any]]) -> list[str]:
    return [(await clocks(support, one))["acknowledge"]["due_at"][:10] for one in requests]


async def runs(support: Support) -> list[dict[str, Any]]:
    answer = await support.get("/clock-runs", STAFF)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_changed_policy_moves_what_is_due(support: Support, stricter: Rules) -> None:
    requests = await opened(support, 3)
    ended = (await opened(support, 1))[0]
    await take(support, ended, "withdrawn")
    first = worker(support, rules.in_use())
    await first.adopt()
    await finish(first)
    assert await runs(support) == []  # they are of these rules already
    await (changed := worker(support, stricter)).adopt()
    await finish(changed)
    assert await dues(support, [*requests, ended]) == [*["2024-09-03"] * 3, "2024-09-04"]
    [run] = await runs(support)
    assert (run["cause"], run["total"], run["done"], run["moved"]) == ("rules", 12, 12, 3)
    assert run["begun_at"] <= run["updated_at"] == run["ended_at"]
    assert "person" not in run


async def test_a_day_off_in_days_off_moves_what_is_due(support: Support, tmp_path: Path) -> None:
    [request] = await opened(support, 1)
    (tmp_path / rules.DAYS_OFF).write_text("geneva:\n  days_off:\n    - { day: 2024-09-03, name: Burst pipe }\n")
    await (changed := worker(support, rules.load(tmp_path))).adopt()
    await finish(changed)
    assert await dues(support, [request]) == ["2024-09-06"]  # the Genevan Fast is on the fifth


async def test_after_a_kill_it_goes_on_where_it_was(
    support: Support, stricter: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "BATCH", 3)
    requests = await opened(support, 3)
    killed = worker(support, stricter)
    await killed.adopt()
    assert await killed.once()  # begins
    assert await killed.once()
    monkeypatch.setattr(killed, "_computed", _killed)
    with pytest.raises(KeyboardInterrupt):
        await killed.once()
    [half] = await runs(support)
    assert (half["done"], half["total"], half["ended_at"]) == (3, 12, None)
    await finish(worker(support, stricter))
    [whole] = await runs(support)
    assert (whole["run_id"], whole["done"], whole["moved"]) == (half["run_id"], 12, 3)
    assert await dues(support, requests) == ["2024-09-03"] * 3


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


async def test_a_clock_that_changes_meanwhile_is_not_overwritten_and_is_found_again(
    support: Support, stricter: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    still, asked = await opened(support, 2)
    await take(support, asked, "acknowledged")
    await take(support, asked, "triaged")
    original = recomputing._pauses  # noqa: SLF001 - between reading the clocks and writing them
    at(support, "2024-09-03T09:00")
    happened: list[Step] = ["asked"]

    async def meanwhile(session: AsyncSession, first: UUID, last: UUID) -> Any:
        while happened:
            await take(support, asked, happened.pop())
        return await original(session, first, last)

    monkeypatch.setattr(recomputing, "_pauses", meanwhile)
    changed = worker(support, stricter)
    await changed.adopt()
    await finish(changed)
    assert await dues(support, [still]) == ["2024-09-03"]
    found = (await clocks(support, asked))["scoping"]
    assert (found["due_at"], found["paused_since"][:16]) == (None, "2024-09-03T09:00")
    assert [(run["done"], run["total"]) for run in await runs(support)] == [(3, 3), (7, 7)]
    left = "select count(*) as left from request_clock where ended_at is null and rules <> :mark"
    assert await support.service.rows(left, mark=stricter.mark) == [{"left": 0}]


async def test_a_worker_on_its_way_out_leaves_the_clocks_to_the_new_one(support: Support, stricter: Rules) -> None:
    requests = await opened(support, 1)
    old, new = worker(support, rules.in_use()), worker(support, stricter)
    await old.adopt()
    await new.adopt()
    assert not await old.once()
    await finish(new)
    assert not await old.once()
    assert await dues(support, requests) == ["2024-09-03"]


async def test_a_run_that_was_begun_by_other_rules_is_begun_anew(
    support: Support, stricter: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "BATCH", 2)
    requests = await opened(support, 2)
    await support.service.rows("update request_clock set rules = 1 returning 1")
    old = worker(support, rules.in_use())
    await old.adopt()
    assert await old.once()
    assert await old.once()
    await (new := worker(support, stricter)).adopt()
    await finish(new)
    [run] = await runs(support)
    assert (run["total"], run["done"], run["ended_at"] is None) == (8, 8, False)
    assert await dues(support, requests) == ["2024-09-03"] * 2


async def test_cases_are_due_as_their_clocks_are(support: Support, stricter: Rules) -> None:
    await opened(support, 2)
    await (changed := worker(support, stricter)).adopt()
    await finish(changed)
    items = (await support.get("/queues/all", STAFF)).json()["items"]
    assert [case["due_at"][:10] for case in items] == ["2024-09-03"] * 2


async def test_requests_of_before_there_were_clocks_get_theirs(support: Support) -> None:
    one, asked = await opened(support, 2)
    await take(support, asked, "acknowledged")
    await take(support, asked, "triaged")
    at(support, "2024-09-03T09:00")
    await take(support, asked, "asked")
    as_before = await support.service.rows(OPEN_CLOCKS)
    await support.service.rows("delete from request_clock returning 1")
    await support.service.rows("delete from request_pause returning 1")
    at(support, "2024-09-09T09:00")
    for statement in MIGRATION.CLOCKS.split(";")[:2]:
        await support.service.rows(f"{statement} returning 1")
    await (first := worker(support, rules.in_use())).adopt()
    await finish(first)
    assert (await support.read(one))["clocks"]
    assert await support.service.rows(OPEN_CLOCKS) == as_before


async def test_an_administrator_asks_for_it(support: Support) -> None:
    await opened(support, 2)
    answer = await support.post("/clock-runs", headers=ADMIN)
    assert (answer.status_code, answer.json()["total"], answer.json()["done"]) == (201, 8, 0)
    again = await support.post("/clock-runs", headers=ADMIN)
    assert again.status_code == 409
    await (now := worker(support, rules.in_use())).adopt()
    await finish(now)
    [run] = await runs(support)
    assert (run["cause"], run["done"], run["moved"], run["ended_at"] is None) == ("asked", 8, 0, False)
    assert (await support.post("/clock-runs", headers=ADMIN)).status_code == 201


@pytest.mark.parametrize("headers", [bearer(FOCAL_POINT), REVIEWER, STAFF, bearer("machine", "service")])
async def test_nobody_else_does(support: Support, headers: dict[str, str]) -> None:
    assert (await support.post("/clock-runs", headers=headers)).status_code == 403
    if headers is not STAFF:
        assert (await support.get("/clock-runs", headers)).status_code == 403


async def test_on_any_path_no_clock_runs_on_a_request_that_ended_and_all_are_what_they_would_be_anew(
    support: Support,
) -> None:
    """In the database, what tests/unit/…/test_clock_lifecycle.py shows of the rules."""
    chance = random.Random(7)  # noqa: S311 - the same paths at every run
    requests = await opened(support, 12)
    now = datetime(2024, 9, 2, 10)  # noqa: DTZ001 - `at` says of what zone
    merged_from: dict[str, Any] = {}
    for _ in range(12):
        now += timedelta(hours=chance.randint(1, 90))
        at(support, now.isoformat())
        for request in requests:
            await _any_step(support, request, chance, merged_from)
    await _all_as_their_states_say(support)
    before = await support.service.rows("select * from request_clock order by request_id, kind, round")
    await support.post("/clock-runs", headers=ADMIN)
    await (now_anew := worker(support, rules.in_use())).adopt()
    await finish(now_anew)
    assert (await runs(support))[0]["moved"] == 0
    assert await support.service.rows("select * from request_clock order by request_id, kind, round") == before


async def _any_step(
    support: Support, request: dict[str, Any], chance: random.Random, merged_from: dict[str, Any]
) -> None:
    async with support.service.database.transaction() as session:
        found = await commands.locked(session, UUID(request["request_id"]))
        moves = [(step, to) for step, move in MOVES.items() if (to := move.get(found.state))]
        if not moves:
            return
        step, to = chance.choice(moves)
        if step == "merged":
            merged_from[request["request_id"]] = found.state
        state = to if isinstance(to, str) else merged_from[request["request_id"]]
        await commands.take(session, found, step, NOOR, support.moment, to=Decision(state), reason="Because")


async def _all_as_their_states_say(support: Support) -> None:
    found = await support.service.rows("""
        select state, kind, running_since, paused_since
        from support_request left join request_clock clock on clock.request_id = support_request.request_id
            and clock.ended_at is null
    """)
    for row in found:
        assert row["kind"] is None or row["kind"] in OPEN[row["state"]]
        assert (row["running_since"] is not None) == (row["kind"] is not None and row["state"] != "needs_info")
    assert {row["state"] for row in found} & set(OPEN)
    assert {row["state"] for row in found} - set(OPEN)
    open_pauses = await support.service.rows("""
        select state from request_pause pause join support_request using (request_id) where ended_at is null
    """)
    assert {row["state"] for row in open_pauses} <= {"needs_info"}
