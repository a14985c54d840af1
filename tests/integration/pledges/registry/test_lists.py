"""Lists of pledges are read from an index that has their order: no request reads a whole table."""

import json
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql

from services.pledges.registry import queries
from services.pledges.registry.queries import Filters
from tests.integration.pledges.conftest import Desk

MANY = 20_000
# objective-19 is named by the oldest pledges only, objective-1 by half of all
FILL = """
insert into pledge (pledge_id, entity_id, revision, state, title, content, created_at, updated_at)
select gen_random_uuid(), 'veridia', 1, 'published', 't', '{}', at, at
from (select timestamptz '2024-01-01' + n * interval '1 minute' as at from generate_series(1, :many) n) days;
insert into public_pledge
select pledge_id, entity_id, 'member_state', 'published', null, 1, 1, title, 'individual', '{}', '2022', created_at,
    created_at, null, null, 0, 1, json_build_object('origin', 'submitted', 'entity', json_build_object(
        'entity_id', 'veridia', 'name', 'Veridia', 'kind', 'member_state', 'fictional', true)) from pledge;
insert into pledge_facet select code, created_at, pledge_id from
    (select pledge_id, created_at, row_number() over (order by created_at) as n from pledge) numbered,
    lateral (values ('objective-1', n % 2 = 0), ('objective-19', n < 40), ('policy', n % 3 = 0)) codes (code, has)
    where has;
analyze pledge, public_pledge, pledge_facet;
"""
FILTERS = [
    Filters(),
    Filters(entity="veridia"),
    Filters(objective="objective-1"),
    Filters(objective="objective-19"),
    Filters(objective="objective-1", form="policy", state="published"),
    Filters(kind="individual", cycle="2022"),
    Filters(state="published"),
]


async def fill(desk: Desk, many: int) -> None:
    async with desk.service.owner.transaction() as session:
        for statement in FILL.replace(":many", str(many)).split(";\n")[:-1]:
            await session.execute(text(statement))


async def plan(desk: Desk, query: Select[Any]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = query.limit(51).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    [row] = await desk.service.rows(f"explain (analyze, format json) {str(sql).replace(':', chr(92) + ':')}")
    return json.dumps(row["QUERY PLAN"])


def most_rows(node: Any) -> int:
    """Of all the steps of a plan, the most rows that one of them went through."""
    if isinstance(node, list):
        return max(map(most_rows, node), default=0)
    if not isinstance(node, dict):
        return 0
    seen = int(node.get("Actual Rows", 0)) + int(node.get("Rows Removed by Filter", 0))
    return max(seen * int(node.get("Actual Loops", 1)), most_rows(list(node.values())))


async def test_no_filter_reads_the_whole_table(desk: Desk) -> None:
    await fill(desk, MANY)
    async with desk.service.owner.transaction() as session:  # a changed schema: no other test gets this large database
        await session.execute(text("create table large ()"))
    for filters in FILTERS:
        query, place = queries._listed(filters)  # noqa: SLF001 - the statement itself is what is tested
        found = await plan(desk, query.order_by(*(column.desc() for column in place)))
        assert "Seq Scan" not in found, (filters, found)
        assert most_rows(json.loads(found)) < MANY / 8, (filters, found)


@pytest.mark.parametrize(
    "path", ["/pledges", "/pledges?objective=objective-19", "/pledges?form=policy&state=published"]
)
async def test_pages_meet_without_gap_or_repetition(desk: Desk, path: str) -> None:
    await fill(desk, 300)
    join = "&" if "?" in path else "?"
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = (await desk.get(f"{path}{join}limit=15{cursor}")).json()
        seen += [item["pledge_id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    whole = (await desk.get(f"{path}{join}limit=100")).json()
    assert seen == [item["pledge_id"] for item in whole["items"]][: len(seen)]
    assert len(set(seen)) == (39 if "19" in path else 45)
