"""Keeps the index: a document for each public pledge, and the bits of its codes (docs/adr/0010).

A writer changes its own pledge's document and says in `search_change` what differs, so writers wait for nobody. Every
FOLD_EVERYth change is brought into the bits together with all before it; readers look at both.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.entities.models import Entity, EntityGroup
from services.pledges.registry.models import PublicPledge
from services.pledges.search.codes import LONGEST, codes
from services.pledges.search.models import RULES, SIZE, SearchDocument
from services.pledges.search.schemas import PublicItem
from services.pledges.search.sets import NO_BITS
from services.pledges.search.texts import texts
from shared.db import Database
from shared.events.pledges import PledgeSnapshot
from shared.searching.stems import stems
from shared.searching.words import PLAIN, Word, words
from shared.waking import repeat

FOLD_EVERY = 64  # changes; a request looks at those that are not folded one by one
MOST_FOLDED = 500  # changes at once
PAUSE = 5.0  # seconds between two looks at how many changes wait
BATCH = 500  # documents that are made anew at once
LOCK = 7_302_005  # any fixed number but those of the other locks
LISTED = "listed"  # every document that lists show
WORD, SUPPORT = "word:", "support:"  # begin codes of texts, and of requests for support
OF_ENTITY = "of:"  # begins codes of what an entity is called and belongs to
NAME = f"{OF_ENTITY}name:"
KIND = "entity_kind:"

# what its requests for support say is kept
_SAVE = text(f"""
with new as (
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as n (place integer, pledge_id uuid, item text, codes text[])
), old as (
    select d.pledge_id, d.codes from search_document d join new using (pledge_id) for update of d
), whole as (
    select place, pledge_id, item, new.codes || array(
        select kept from unnest(old.codes) as kept
        where new.codes <> '{{}}' and starts_with(kept, '{SUPPORT}')
    ) as codes, coalesce(old.codes, '{{}}') as before
    from new left join old using (pledge_id)
), saved as (
    insert into search_document (pledge_id, item, codes, rules)
    select pledge_id, item, codes, {RULES} from whole order by place
    on conflict (pledge_id) do update set item = excluded.item, codes = excluded.codes, rules = excluded.rules
    returning ordinal, pledge_id
)
insert into search_change (ordinal, added, removed)
select ordinal, added, removed from saved join whole using (pledge_id), lateral (
    select array(select unnest(codes) except select unnest(before)),
        array(select unnest(before) except select unnest(codes))
) as differ (added, removed)
where added <> '{{}}' or removed <> '{{}}' order by place
returning change_id
""")  # noqa: S608 - our own constants
_ASKED = f"""array(
    select distinct '{SUPPORT}' || s.status from pledge_support s
    where s.pledge_id = d.pledge_id and s.status <> 'withdrawn'
)"""  # noqa: S608 - our own constant
_OF_PLEDGES = "d.pledge_id = any(cast(:pledges as uuid[]))"
_PLEDGES_OF = "d.pledge_id in (select pledge_id from public_pledge where entity_id = :entity)"
_RETAG = """
with old as (
    select d.ordinal, d.codes as before,
        array(select one from unnest(d.codes) as one where not starts_with(one, :prefix)) || {now} as after
    from search_document d where {which} and d.codes <> '{{}}'
), saved as (
    update search_document d set codes = after from old where d.ordinal = old.ordinal and after <> before
)
insert into search_change (ordinal, added, removed)
select ordinal, added, removed from old, lateral (
    select array(select unnest(after) except select unnest(before)),
        array(select unnest(before) except select unnest(after))
) as differ (added, removed)
where added <> '{{}}' or removed <> '{{}}' order by ordinal
returning change_id
"""
_FOLD = text(f"""
with taken as (
    delete from search_change
    where change_id in (select change_id from search_change order by change_id limit {MOST_FOLDED})
    returning change_id, ordinal, added, removed
), steps as (
    select distinct on (code, ordinal) code, ordinal, come from (
        select left(unnest(added), {LONGEST}) as code, ordinal, change_id, true as come from taken
        union all select left(unnest(removed), {LONGEST}), ordinal, change_id, false from taken
    ) as step order by code, ordinal, change_id desc
), masks as (
    select code, ordinal / {SIZE} as chunk,
        coalesce(bit_or(set_bit({NO_BITS}, ordinal % {SIZE}, 1)) filter (where come), {NO_BITS}) as come,
        coalesce(bit_or(set_bit({NO_BITS}, ordinal % {SIZE}, 1)) filter (where not come), {NO_BITS}) as gone
    from steps group by code, chunk
)
insert into search_bits (code, chunk, bits)
select code, chunk, coalesce(bits, {NO_BITS}) & ~gone | come from masks left join search_bits using (code, chunk)
on conflict (code, chunk) do update set bits = excluded.bits
""")  # noqa: S608 - our own constants
_WAITING = text(f"select count(*) from (select from search_change limit {FOLD_EVERY + 1}) as waiting")  # noqa: S608
_GROUPS = select(EntityGroup).where(col(EntityGroup.entity_id).in_(bindparam("entities", expanding=True)))
_ENTITIES = (
    select(col(Entity.entity_id), col(Entity.kind), col(Entity.names), col(Entity.aliases))
    .where(col(Entity.entity_id).in_(bindparam("entities", expanding=True)))
    .order_by(col(Entity.entity_id))
    .with_for_update(read=True)
)
_STALE = (
    select(col(PublicPledge.snapshot))
    .outerjoin(SearchDocument, col(SearchDocument.pledge_id) == col(PublicPledge.pledge_id))
    .where((col(SearchDocument.rules) != RULES) | col(SearchDocument.rules).is_(None))
    .order_by(col(PublicPledge.first_published_at), col(PublicPledge.pledge_id))
    .limit(BATCH)
)


async def follow(session: AsyncSession, old: PledgeSnapshot | None, new: PledgeSnapshot) -> None:
    """A pledge is public for the first time, or its public record changes; the caller holds the lock of its row."""
    del old  # what the document had is what counts
    await _save(session, [new])


async def entity(session: AsyncSession, entity_id: str, changed: Collection[str]) -> None:
    """What is `changed` of the names, groups and kind of an entity, in the documents of its pledges."""
    parts = {KIND: "kind" in changed, OF_ENTITY: not {"names", "aliases", "groups"}.isdisjoint(changed)}
    if not any(parts.values()):
        return
    now = (await _of_entities(session, {entity_id})).get(entity_id, [])
    for prefix in (prefix for prefix, wanted in parts.items() if wanted):
        values = {"entity": entity_id, "now": [one for one in now if one.startswith(prefix)]}
        await _retag(session, prefix, "cast(:now as text[])", _PLEDGES_OF, values)


async def _of_entities(session: AsyncSession, entities: Collection[str]) -> dict[str, list[str]]:
    """By entity, the codes of its names, groups and kind. Until the transaction ends nobody changes them."""
    rows = (await session.execute(_ENTITIES, {"entities": sorted(entities)})).all()
    called = await stems(session, [_called(row.names, row.aliases) for row in rows])
    named = zip(rows, called, strict=True)
    found = {row.entity_id: [KIND + row.kind, *(NAME + stem for stem in stemmed)] for row, stemmed in named}
    for group in await session.scalars(_GROUPS, {"entities": sorted(entities)}):
        found[group.entity_id].append(group_code(group.code, group.since, group.until))
    return found


def group_code(group: str, since: date | None, until: date | None) -> str:
    """Of a span of time for which an entity is in a group: what is asked for a day names the spans that it is in."""
    return f"{OF_ENTITY}group:{group}:{since or ''}:{until or ''}"


def _called(names: Mapping[str, str], aliases: Iterable[str]) -> set[Word]:
    return words([*names.items(), *((PLAIN, alias) for alias in aliases)])


async def support(session: AsyncSession, pledges: Collection[UUID] | None) -> None:
    """What is known of requests for support with these pledges, or with None all, in their documents."""
    which = "true" if pledges is None else _OF_PLEDGES
    await _retag(session, SUPPORT, _ASKED, which, {} if pledges is None else {"pledges": list(pledges)})


async def index_all(owner_url: str) -> None:
    """Makes the documents that are missing or made by older rules, a batch in each transaction; as `migrate` does.

    Pledges can be published meanwhile.
    """
    database = Database(owner_url, application="pledges search", pool=1)
    try:
        more = True
        while more:
            async with database.transaction() as session:
                more = await catch_up(session)
    finally:
        await database.close()


async def catch_up(session: AsyncSession) -> bool:
    """Makes the next documents that are missing or made by older rules; whether there were any."""
    stale = [PledgeSnapshot.model_validate_json(one) for one in await session.scalars(_STALE)]
    await _save(session, stale)
    await support(session, [pledge.pledge_id for pledge in stale])
    while await fold(session):
        pass
    return bool(stale)


async def fold(session: AsyncSession) -> bool:
    """Brings the oldest changes into the bits, unless somebody else is at it; whether there are more."""
    if not await session.scalar(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}):
        return False
    await session.execute(_FOLD)
    return bool(await session.scalar(text("select exists (select from search_change)")))


async def keep(database: Database, stop: asyncio.Event) -> None:
    """The task of a worker: brings into the bits what one change of many documents has left."""

    async def once() -> bool:
        """A fold costs much, so few changes wait for FOLD_EVERY; until then they are read as they are."""
        async with database.transaction() as session:
            waiting = int(await session.scalar(_WAITING) or 0)
            return waiting > FOLD_EVERY and await fold(session)

    await repeat("search", once, stop, asyncio.Event(), PAUSE)


async def _save(session: AsyncSession, pledges: Sequence[PledgeSnapshot]) -> None:
    of_entities = await _of_entities(session, {pledge.entity.entity_id for pledge in pledges})
    found = await stems(session, [words(texts(pledge)) for pledge in pledges])
    rows = [
        {
            "place": place,
            "pledge_id": str(pledge.pledge_id),
            "item": PublicItem.of(pledge).model_dump_json(),
            "codes": _all_codes(pledge, stemmed, of_entities.get(pledge.entity.entity_id, [])),
        }
        for place, (pledge, stemmed) in enumerate(zip(pledges, found, strict=True))
    ]
    await _changed(session, await session.scalars(_SAVE, {"rows": json.dumps(rows)}))


def _all_codes(pledge: PledgeSnapshot, stemmed: Iterable[str], of_entity: Iterable[str]) -> list[str]:
    """None of a pledge that was merged into another: it is in no list, and counts nowhere."""
    if pledge.merged:
        return []
    plain = sorted(code for code in codes(pledge) if not code.startswith(KIND))  # the entity's kind may have changed
    return [LISTED, *plain, *(WORD + stem for stem in stemmed), *of_entity]


async def _retag(session: AsyncSession, prefix: str, now: str, which: str, values: Mapping[str, Any]) -> None:
    """The codes that begin with `prefix` become those of the SQL expression `now`, in the documents of `which`."""
    # two statements: one that waits for a lock goes on with what it saw before the wait
    places = {name: value for name, value in values.items() if f":{name}" in which}
    await session.execute(text(f"select 1 from search_document d where {which} order by ordinal for update"), places)  # noqa: S608
    statement = text(_RETAG.format(now=now, which=which))
    await _changed(session, await session.scalars(statement, {**values, "prefix": prefix}))


async def _changed(session: AsyncSession, changes: Iterable[int]) -> None:
    if any(change % FOLD_EVERY == 0 for change in changes):
        await fold(session)
