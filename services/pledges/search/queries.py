"""Reads of the public list: a page, and how many pledges each value of a filter would leave.

Both go through the bits of the codes, 32,000 pledges at a time and the newest first, so what they cost depends on how
many pledges there are and hardly on which filters, how rare their values are or how they go together (docs/adr/0010).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import get_args

from sqlalchemy import TextClause, bindparam, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import EntityGroup
from services.pledges.registry.content import Level
from services.pledges.registry.models import PublicPledge
from services.pledges.registry.schemas import Reason
from services.pledges.reviews import cycles
from services.pledges.search import filters as wants
from services.pledges.search import index
from services.pledges.search.codes import NONE, code
from services.pledges.search.filters import Filters, Named
from services.pledges.search.models import SIZE, SearchDocument
from services.pledges.search.schemas import FIELDS, Count, Facets, PublicItem
from services.pledges.search.sets import NO_BITS, All, Has, Set, condition
from shared.errors import FieldProblem, Invalid
from shared.reference import catalogue
from shared.searching import words
from shared.searching.stems import stems
from shared.web import pagination

# chunk by chunk until there are enough; what is not folded yet is looked at by itself
_WALK = """
with recursive walk (chunk, bits, found) as (
    select coalesce(cast(:chunk as integer), (select max(ordinal) / {size} from search_document), 0) + 1, {none},
        0::bigint
    union all
    select part.chunk, part.bits, walk.found + bit_count(part.bits)
    from walk, lateral (select walk.chunk - 1 as chunk, {bits}::bit({size}) as bits offset 0) as part
    where walk.found < :wanted and walk.chunk > 0
)
select chunk, bits, null::integer[] as changed, null::integer[] as fitting from walk where bits <> {none}
union all select min(chunk), null, null, null from walk
union all select null, null, array_agg(d.ordinal), array_agg(d.ordinal) filter (where {matches})
    from search_document d where d.ordinal in (select ordinal from search_change)
"""
_ITEMS = select(col(SearchDocument.ordinal), col(SearchDocument.item)).order_by(col(SearchDocument.ordinal).desc())
_WHOLE = _ITEMS.with_only_columns(col(SearchDocument.ordinal), col(PublicPledge.snapshot)).join(
    PublicPledge, col(PublicPledge.pledge_id) == col(SearchDocument.pledge_id)
)
_COUNTS = """
with changed as materialized (
    select d.ordinal, d.codes, {fits} from search_document d where d.ordinal in (select ordinal from search_change)
), fresh as (
    select ordinal / {size} as chunk, bit_or(set_bit({none}, ordinal % {size}, 1)) as bits from changed group by 1
), walk as materialized (
    select every.chunk, ~coalesce(fresh.bits, {none}) as folded, {each}
    from generate_series(0, (select max(ordinal) / {size} from search_document)) as every (chunk)
    left join fresh using (chunk)
), {masks}
select facet, code, sum(n)::bigint as n from ({counts}) as counted group by facet, code having sum(n) > 0
"""
_MASK = "under_{name} as materialized (select chunk, folded & {bits} as bits from walk)"
_COUNT = """
select '{facet}' as facet, b.code, bit_count(b.bits & mask.bits) as n
from under_{mask} as mask join search_bits b on b.chunk = mask.chunk and b.code = any({codes})
union all
select '{facet}', code, 1 from changed d, unnest(d.codes) as code
where code = any({codes}) and {fits}
"""
_CODES = "cast(:{facet}_codes as text[])"
# those that staff have added are in no list of the reference data
_ADDED = {"cycle": " || array(select 'cycle:' || code from review_cycle)"}
# the spans of time for which entities are in groups, of those spans that a day is in
_SPANS = (
    select(col(EntityGroup.code), col(EntityGroup.since), col(EntityGroup.until))
    .where(
        col(EntityGroup.code).in_(bindparam("groups", expanding=True)),
        or_(col(EntityGroup.since).is_(None), col(EntityGroup.since) <= bindparam("on")),
        or_(col(EntityGroup.until).is_(None), col(EntityGroup.until) > bindparam("on")),
    )
    .distinct()
)
TOTAL = "total"  # counted like a facet, whose only value all pledges have
FACETS: dict[str, list[str]] = {
    name: [code(name, value) for value in values]
    for name, values in {
        "objective": catalogue.OBJECTIVES,
        "round_table": sorted({one.round_table for one in catalogue.OBJECTIVES.values()}),
        "principle": catalogue.PRINCIPLES,
        "commitment": catalogue.COMMITMENTS,
        "form": catalogue.FORMS,
        "kind": catalogue.PLEDGE_KINDS,
        "entity_kind": catalogue.ENTITY_KINDS,
        "status": [*catalogue.STATUSES, NONE],
        "state": ["published", "closed"],
        "closed_reason": get_args(Reason),
        "cycle": catalogue.CYCLES,
        "level": get_args(Level),
        "framework": catalogue.FRAMEWORKS,
        "origin": ["submitted", "public_statement"],
        "support": ["requested", "matched", "delivered"],
    }.items()
}
# those that are counted when none is named: the others have many values, and coverage has them all
USUAL = tuple(name for name in FACETS if name not in {"commitment", "entity_kind", "framework", "closed_reason"})


@dataclass(frozen=True)
class Wanted:
    """One page: what, from where, how much of it, and which fields of each; no fields: those of PublicItem."""

    filters: Filters
    limit: int
    cursor: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        return f"pledges {self.filters.model_dump_json(exclude_defaults=True)}"


async def require_known(session: AsyncSession, filters: Filters) -> None:
    """Raises Invalid for a review cycle that there is not; the others are known by the reference data."""
    await cycles.require(session, {f"cycle.{place}": code for place, code in enumerate(filters.cycle)})


async def named(session: AsyncSession, filters: Filters, today: date) -> Named:
    """Each filter that is given, as a set. Raises Invalid as `require_known`."""
    await require_known(session, filters)
    found = wants.coded(filters) | wants.dated(filters) | wants.asked(filters)
    if filters.group:
        on = filters.as_of or today
        rows = await session.execute(_SPANS, {"groups": filters.group, "on": on})
        found["group"] = Has([index.group_code(row.code, row.since, row.until) for row in rows])
    if filters.text is not None:
        found["text"] = wants.spelled(filters.text, await stems(session, words.wanted(filters.text)))
    return found


def _shown(sets: Named) -> Named:
    """Sets whose documents in common are all that lists show: what has any code is shown."""
    return sets if any(isinstance(part, Has) for part in sets.values()) else {"listed": Has([index.LISTED]), **sets}


async def page(session: AsyncSession, wanted: Wanted, today: date) -> tuple[str, str | None]:
    """A page as JSON, and the cursor to the next. Raises Invalid for a cursor of another list."""
    if unknown := [name for name in wanted.fields if name not in FIELDS]:
        fault = FieldProblem("fields", f"{unknown[0]} is no field", f"name any of {', '.join(sorted(FIELDS))}")
        raise Invalid("Some of the fields are not fields of a pledge.", [fault])
    end = None
    if wanted.cursor is not None:
        [end] = pagination.decode(wanted.cursor, wanted.scope, pagination.number)
    sets = await named(session, wanted.filters, today)
    ordinals = await _newest(session, All(list(_shown(sets).values())), end, wanted.limit + 1)
    shown = ordinals[: wanted.limit]
    more = pagination.encode([shown[-1]], wanted.scope) if len(ordinals) > wanted.limit else None
    items = ",".join(await _items(session, shown, wanted.fields))
    return f'{{"items":[{items}],"next":{json.dumps(more)}}}', more


async def _items(session: AsyncSession, ordinals: list[int], fields: Sequence[str]) -> list[str]:
    query = _ITEMS if set(fields) <= PublicItem.model_fields.keys() else _WHOLE
    rows = await session.execute(query.where(col(SearchDocument.ordinal).in_(ordinals)))
    if not fields:
        return [row[1] for row in rows]
    whole = [json.loads(row[1]) for row in rows]
    return [json.dumps({name: one[name] for name in fields if name in one}, ensure_ascii=False) for one in whole]


async def _newest(session: AsyncSession, wanted: Set, end: int | None, count: int) -> list[int]:
    """The highest ordinals of the set, less than `end`."""
    made = condition(wanted)
    bits = made.bits.format(chunk="(walk.chunk - 1)")
    statement = text(_WALK.format(size=SIZE, none=NO_BITS, bits=bits, matches=made.matches))
    found: list[int] = []
    chunk = None if end is None else end // SIZE
    while True:
        rows = (await session.execute(statement, {**made.values, "chunk": chunk, "wanted": count})).all()
        # the last two rows: how far it went, and what is not folded
        *parts, (lowest, *_), (_, _, changed, fitting) = rows
        stale = set(changed or ())
        folded = (one for part in parts for one in _ordinals(part.chunk, part.bits.bytes, end))
        found += islice((one for one in folded if one not in stale), count - len(found))
        if len(found) == count or lowest <= 0:
            break
        chunk = lowest - 1
    fresh = {one for one in fitting or () if end is None or one < end}
    return sorted({*found, *fresh}, reverse=True)[:count]


def _ordinals(chunk: int, bits: bytes, end: int | None) -> Iterator[int]:
    """Those of a chunk that are less than `end`, the highest first: the first bit is that of the lowest one."""
    last = (chunk + 1) * SIZE - 1
    over = 0 if end is None else max(0, last - end + 1)
    left = int.from_bytes(bits, "big") >> over
    while left:
        lowest = left & -left
        yield last - over - lowest.bit_length() + 1
        left ^= lowest


async def counts(session: AsyncSession, filters: Filters, names: Sequence[str], today: date) -> Facets:
    """For each of the filters `names` its values, each with its pledges under the other filters; and all pledges."""
    sets = await named(session, filters, today)
    without = {name: {other: part for other, part in sets.items() if other != name} for name in (TOTAL, *names)}
    statement, values = _counting({name: _shown(others) for name, others in without.items()}, {TOTAL, *sets})
    found = defaultdict[str, list[Count]](list)
    for row in await session.execute(statement, values):
        found[row.facet].append(Count(code=row.code.partition(":")[2], count=row.n))
    ordered = {name: sorted(found[name], key=lambda one: (-one.count, one.code)) for name in names}
    return Facets(total=sum(one.count for one in found[TOTAL]), facets=ordered)


def _counting(under: Mapping[str, Named], masked: Collection[str]) -> tuple[TextClause, dict[str, str | list[str]]]:
    """Counts the values of each facet in its sets: those of `masked` in their own, the others in those of the total.

    Each set is made once for a chunk, whatever it then takes part in.
    """
    made = {name: condition(part, f"{name}_") for sets in under.values() for name, part in sets.items()}
    values: dict[str, str | list[str]] = {f"{name}_codes": FACETS.get(name, [index.LISTED]) for name in under}
    for one in made.values():
        values |= one.values
    both = {name: [f"in_{each}" for each in sets] for name, sets in under.items()}
    masks = {name: _MASK.format(name=name, bits=" & ".join(sets)) for name, sets in both.items() if name in masked}
    counted = (
        _COUNT.format(facet=name, mask=name if name in masks else TOTAL, fits=" and ".join(sets), codes=_codes(name))
        for name, sets in both.items()
    )
    statement = _COUNTS.format(
        size=SIZE,
        none=NO_BITS,
        fits=", ".join(f"{one.matches} as in_{name}" for name, one in made.items()),
        each=", ".join(f"{one.bits.format(chunk='every.chunk')} as in_{name}" for name, one in made.items()),
        masks=", ".join(masks.values()),
        counts=" union all ".join(counted),
    )
    return text(statement), values


def _codes(facet: str) -> str:
    return _CODES.format(facet=facet) + _ADDED.get(facet, "")
