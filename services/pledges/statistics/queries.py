"""Reading the statistics: what is counted, and what is not counted yet, in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import TextClause, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity
from services.pledges.reviews import cycles
from services.pledges.statistics import names
from services.pledges.statistics.facts import DIMENSIONS, OF_ENTITY, SEVERAL, Dimension
from services.pledges.statistics.schemas import (
    SAYS,
    Axis,
    Cell,
    Coverage,
    Covered,
    Profile,
    Statistics,
    Value,
    Voices,
    covered,
    values,
)
from shared.errors import NotFound
from shared.events.common import EntityRef

Counts = dict[str, int]

_ALL = "select 'all' as what, '' as a, '' as b, coalesce(sum(pledges), 0)::bigint from statistics_pair('kind', 'kind')"
# a backup that is put back may count from a number again that readers have seen: PostgreSQL was started for it
_NUMBER = "extract(epoch from pg_postmaster_start_time())::bigint, folded + (select count(*) from statistics_delta)"
_VERSION = text(f"select concat_ws('-', {_NUMBER}) from statistics_state")  # noqa: S608 - a constant
_WITH_ENTITIES = text(
    f"select concat_ws('-', {_NUMBER}, (select sum(revision) from entity)) from statistics_state"  # noqa: S608
)
_WITH_CYCLES = text(
    f"select concat_ws('-', {_NUMBER}, (select sum(revision) from entity), (select count(*) from review_cycle))"  # noqa: S608
    " from statistics_state"
)
_NAMES = select(col(Entity.entity_id), col(Entity.name)).where(
    col(Entity.entity_id).in_(bindparam("codes", expanding=True))
)
_ENTITY = select(col(Entity.entity_id), col(Entity.name), col(Entity.kind), col(Entity.fictional)).where(
    col(Entity.entity_id) == bindparam("id")
)
_COVERAGE = text(f"""
{_ALL}
union all
select dimension, pair.a, '', pair.pledges
from unnest(array['objective', 'principle', 'commitment']) dimension, statistics_pair(dimension, dimension) pair
""")  # noqa: S608 - constants above
_PROFILE = text("""
select dimension, pair.b, pair.pledges
from unnest(array['left_out', 'state', 'status', 'objective', 'review', 'partner']) dimension,
    statistics_pair('entity', dimension) pair
where pair.a = :entity
union all
select 'together', pair.b, pair.pledges from statistics_pair('together', 'together') pair where pair.a = :entity
union all
select 'support', pledge_support.status, count(distinct pledge_id)
from pledge_support join public_pledge using (pledge_id)
where entity_id = :entity and pledge_support.status <> 'withdrawn' group by pledge_support.status
""")
PARTNERS = 20  # shown of a profile


async def version(session: AsyncSession, dimensions: Iterable[str]) -> str:
    """Another one whenever a figure may be another: each change of a pledge counts one, when it is committed."""
    dimensions = set(dimensions)
    if "cycle" in dimensions:
        return str(await session.scalar(_WITH_CYCLES))
    of_entities = {"entity", *OF_ENTITY} & dimensions
    return str(await session.scalar(_WITH_ENTITIES if of_entities else _VERSION))


async def statistics(session: AsyncSession, rows: Dimension, columns: Dimension | None, on: date) -> Statistics:
    """By one dimension or two different ones; `on`: whose regions and groups entities have on that day."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for what, *counted in await session.execute(_statement(rows, columns), {"on": on}):
        found[what].append(counted)
    [(_, _, pledges)] = found["all"]
    return Statistics(
        says=_says(rows, columns),
        on=on,
        pledges=pledges,
        rows=await _axis(session, rows, found["rows"]),
        columns=await _axis(session, columns, found["columns"]) if columns else None,
        cells=[Cell(row=a, column=b, pledges=number) for a, b, number in found["cells"]],
    )


@cache
def _statement(rows: Dimension, columns: Dimension | None) -> TextClause:
    parts = [_ALL, f"select 'rows', a, '', n from ({_counts(rows, rows)}) as found (a, b, n)"]  # noqa: S608
    if columns:
        parts.append(f"select 'columns', a, '', n from ({_counts(columns, columns)}) as found (a, b, n)")  # noqa: S608
        parts.append(f"select 'cells', a, b, n from ({_counts(rows, columns)}) as found (a, b, n)")  # noqa: S608
    return text("\nunion all\n".join(parts))


def _counts(rows: Dimension, columns: Dimension) -> str:
    """SQL of rows (code, code, pledges). Names of dimensions are a closed list: nothing here comes from a caller."""
    bases = [_base(rows), _base(columns)]
    first, second = sorted(bases, key=DIMENSIONS.index)
    sides = ("a", "b") if bases[0] == first else ("b", "a")
    joins, codes = [], []
    for name, dimension, side in zip(("r", "c"), (rows, columns), sides, strict=True):
        codes.append(f"coalesce({name}.code, 'none')" if dimension in OF_ENTITY else f"pair.{side}")
        if dimension in OF_ENTITY:
            of_entity = f"statistics_of_entity('{dimension}', cast(:on as date)) {name}"
            joins.append(f"left join {of_entity} on {name}.entity_id = pair.{side}")
    same = "where r.code is not distinct from c.code" if rows == columns and joins else ""
    return f"""select {codes[0]}, {codes[1]}, sum(pair.pledges)::bigint
        from statistics_pair('{first}', '{second}') pair {" ".join(joins)} {same} group by 1, 2"""  # noqa: S608


def _base(dimension: Dimension) -> str:
    return "entity" if dimension in OF_ENTITY else dimension


async def _axis(session: AsyncSession, dimension: Dimension, counted: list[Any]) -> Axis:
    found = {code: number for code, _, number in counted}
    called, listed = names.called(dimension), names.listed(dimension)
    if dimension == "cycle":  # also those that staff have added
        called |= (listed := await cycles.names(session))
    if dimension == "entity":
        called = {row.entity_id: row.name for row in await session.execute(_NAMES, {"codes": list(found)})}
    shown = values(found, called, list(listed))
    return Axis(dimension=dimension, several=_several(dimension), values=shown)


def _several(dimension: Dimension) -> bool:
    return dimension in SEVERAL or dimension in {"region", "group"}


def _says(*dimensions: Dimension | None) -> str:
    several = [name.replace("_", " ") for name in dimensions if name and _several(name)]
    more = f" A pledge counts once for each {' and each '.join(several)} that it has." if several else ""
    return f"{SAYS}{more} The denominator counts each pledge once."


async def coverage(session: AsyncSession) -> Coverage:
    found: defaultdict[str, Counts] = defaultdict(dict)
    for what, code, _, number in await session.execute(_COVERAGE):
        found[what][code] = number
    return Coverage(
        says=f"{SAYS} A code is covered when at least one of them names it.",
        pledges=found["all"][""],
        objectives=_covered("objective", found["objective"]),
        principles=_covered("principle", found["principle"]),
        commitments=_covered("commitment", found["commitment"]),
    )


def _covered(dimension: str, found: Counts) -> Covered:
    return covered(values(found, names.called(dimension), list(names.listed(dimension))))


async def profile(session: AsyncSession, entity_id: str) -> Profile:
    """Raises NotFound."""
    row = (await session.execute(_ENTITY, {"id": entity_id})).mappings().first()
    if row is None:
        raise NotFound("There is no entity with this code; look it up: GET /entities?q=…")
    found: defaultdict[str, Counts] = defaultdict(dict)
    for what, code, number in await session.execute(_PROFILE, {"entity": entity_id}):
        found[what][code] = number
    partners = sorted(found["partner"].items(), key=lambda named: (-named[1], named[0]))
    return Profile(
        says=f"{SAYS} An entity without a pledge is just that: only a pledge can be silent, and silence is no failure.",
        entity=EntityRef(**row),
        pledges=sum(found["state"].values()),
        withdrawn=found["left_out"].get("withdrawn", 0),
        merged=found["left_out"].get("merged", 0),
        **{f"{what}s": _named(what, found[what]) for what in ("state", "objective")},
        statuses=_named("status", found["status"]),
        reviews=_voices(found["review"]),
        partners=[Value(code=name, name=name, pledges=number) for name, number in partners[:PARTNERS]],
        partners_named=len(partners),
        partner_in=sum(found["together"].values()),
        support=found["support"],
    )


def _named(dimension: str, found: Counts) -> list[Value]:
    """Only those that there are: one entity need not pledge for everything."""
    return values(found, names.called(dimension), [code for code in names.listed(dimension) if code in found])


def _voices(found: Counts) -> list[Voices]:
    cycles = sorted({code.partition(".")[0] for code in found} - {"none"})
    both = [(code, found.get(f"{code}.reported", 0), found.get(f"{code}.silent", 0)) for code in cycles]
    return [Voices(cycle=code, denominator=yes + no, reported=yes, silent=no) for code, yes, no in both]
