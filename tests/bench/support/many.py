"""Many requests for support, straight into the tables: with their history, clocks and pauses, and what is beside them.

`asyncio.run(fill(urls.owner_url, now))` takes about a minute for 100,000 requests with 2,000,000 lines of history;
`python -m tests.bench.support.many URL N` does it from a shell. The database is fresh: migrated, and without requests.

A quarter of the requests is open, and came in the last sixty days; the others in the two years before.
"""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.db import Database
from shared.reference import catalogue

REQUESTS, LINES, PLEDGES = 100_000, 20, 10_000
AT_ONCE = 4  # lines of each request in one statement, which may not take too long

Beside = Callable[[AsyncSession], Awaitable[None]]

# of a hundred requests; those before `matched` have clocks that are open
STATES = (
    *(("submitted", 4), ("acknowledged", 3), ("triage", 6), ("needs_info", 4), ("accepted", 3), ("matching", 3)),
    *(("matched", 1), ("delivering", 1), ("delivered", 5), ("confirmed", 5), ("closed", 40), ("declined", 10)),
    *(("redirected", 5), ("merged", 3), ("withdrawn", 7)),
)
OPEN = 25  # the first of these hundred

WORDS = [
    "consulate",
    "identity",
    "document",
    "border",
    "visa",
    "family",
    "labour",
    "recruitment",
    "return",
    "reintegration",
    "health",
    "school",
    "training",
    "statistics",
    "census",
    "survey",
    "portal",
    "register",
    "permit",
    "skills",
    "remittance",
    "diaspora",
    "trafficking",
    "detention",
    "children",
    "women",
    "climate",
    "disaster",
    "housing",
    "language",
    "law",
    "guideline",
    "tool",
    "workshop",
    "expert",
    "partner",
    "fund",
    "budget",
    "proposal",
    "strategy",
    "review",
]

_NAME = re.compile(r"(?<!:):([a-z_]+)")
_LIMITS = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0"

# numbers make everything: n is the request's, and what follows from it is the same at every filling
_REQUESTS = """
create temporary table made on commit drop as
select n, lpad(to_hex(n), 32, '0')::uuid as request_id,
       lpad(to_hex(1000000 + n % :pledges), 32, '0')::uuid as pledge_id,
       (cast(:entities as text[]))[1 + n * 7 % :entity_count] as entity_id,
       (cast(:states as text[]))[1 + n * 37 % 100] as state,
       cast(:now as timestamptz) - interval '1 minute' * (n * 11 % 1440)
           - interval '1 day' * case when n * 37 % 100 < :open then n * 13 % 60 else 60 + n * 13 % 700 end as sent_at
from generate_series(1, :requests) as n;

insert into known_pledge (pledge_id, entity_id, title, state, sequence, language, objectives)
select lpad(to_hex(1000000 + n), 32, '0')::uuid, (cast(:entities as text[]))[1 + n * 7 % :entity_count],
       (cast(:words as text[]))[1 + n % :word_count] || ' ' || (cast(:words as text[]))[1 + n * 3 % :word_count],
       'published', 1, 'en', array['objective-' || 1 + n % 23]
from generate_series(0, :pledges - 1) as n;

insert into support_request (request_id, pledge_id, entity_id, type, text, language, state, revision, sequence, status,
                             created_at, sent_at, changed_at)
select request_id, pledge_id, entity_id,
       (array['policy_integration', 'objective_specific_help', 'stakeholder_inclusion', 'knowledge_exchange',
              'hub_participation', 'fund_proposal', 'un_team_coordination'])[1 + n % 7],
       (select string_agg((cast(:words as text[]))[1 + (n * (7 + word) + word * word) % :word_count], ' ')
        from generate_series(1, 30) as word),
       (array['en', 'fr', 'es', 'ar', 'ru', 'zh'])[1 + n % 6], state, :lines, 1, 'requested', sent_at, sent_at, sent_at
from made order by n;
"""

_HISTORY = """
insert into request_history (request_id, revision, step, state, by, person, at, recorded_at, facts)
select request_id, line,
       case when line = 1 then 'opened' when line = 2 then 'acknowledged' when line = 3 then 'triaged'
            when line % 2 = 0 then 'asked' else 'answered' end,
       case when line = 1 then 'submitted' when line = 2 then 'acknowledged' when line = :lines then state
            when line % 2 = 0 then 'needs_info' else 'triage' end,
       case when line % 2 = 0 then 'network_staff' else 'entity' end, 'person-' || n % 50,
       sent_at + interval '1 hour' * line, sent_at + interval '1 hour' * line, '{}'
from made, generate_series(:first, :last) as line
order by n, line
"""
_UNREFERRED = "alter table request_history drop constraint request_history_request_id_fkey"
_REFERRED = """
alter table request_history add constraint request_history_request_id_fkey
    foreign key (request_id) references support_request
"""

# as they were computed under other rules: what is due when, only the recomputing knows
_CLOCKS = """
insert into request_clock (request_id, kind, round, station, started_at, allowed, spent, running_since, paused_since,
                           due_at, ended_at, ended, rules, changes)
select request_id, kind, 1, 'geneva', sent_at, interval '8 hours' * days, interval '0',
       case when is_open and state <> 'needs_info' then sent_at end,
       case when is_open and state = 'needs_info' then sent_at + interval '1 day' end,
       case when not is_open or state <> 'needs_info' then sent_at + interval '1 day' * days * 7 / 5 end,
       case when not is_open then sent_at + interval '1 day' end, case when not is_open then 'met' end, 1, 1
from made, (values ('acknowledge', 2), ('scoping', 10), ('offers', 20), ('matched', 40)) as clock (kind, days),
    lateral (select case state when 'submitted' then true when 'acknowledged' then days > 2 when 'triage' then days > 2
                    when 'needs_info' then days > 2 when 'accepted' then days > 10 when 'matching' then days > 20
                    else false end as is_open) as standing
order by n, days;

insert into request_pause (request_id, begun_at, ended_at)
select request_id, sent_at + interval '1 hour' * pause * 5, sent_at + interval '1 hour' * (pause * 5 + 3)
from made, generate_series(1, 3) as pause where n % 3 = 0 order by n, pause;
insert into request_pause (request_id, begun_at)
select request_id, sent_at + interval '1 day' from made where state = 'needs_info' order by n;
"""
TABLES = ("support_request", "request_history", "known_pledge", "request_clock", "request_pause")


async def fill(
    owner_url: str, now: datetime, requests: int = REQUESTS, lines: int = LINES, beside: Sequence[Beside] = ()
) -> None:
    """So many requests with so many lines of history each, as of `now`.

    `owner_url`: of the role that owns the tables. `beside`: fill what is kept beside the requests, in the transaction
    that ends the filling.
    """
    entities = sorted(catalogue.STATES)
    states = [state for state, share in STATES for _ in range(share)]
    numbers = {"requests": requests, "lines": lines, "pledges": PLEDGES, "open": OPEN, "now": now, "states": states}
    numbers |= {"entities": entities, "entity_count": len(entities), "words": WORDS, "word_count": len(WORDS)}
    database = Database(owner_url, application="many", pool=1)
    try:
        async with database.transaction() as session:
            await _run(session, f"{_LIMITS};{_REQUESTS};{_UNREFERRED}", numbers)
            for first in range(1, lines + 1, AT_ONCE):
                await _run(session, _HISTORY, numbers | {"first": first, "last": min(lines, first + AT_ONCE - 1)})
            await _run(session, f"{_REFERRED};{_CLOCKS}", numbers)
            for follow in beside:
                await follow(session)
        await _tidy(database)
    finally:
        await database.close()


async def _run(session: AsyncSession, statements: str, values: Mapping[str, object]) -> None:
    """Numbers are written into the statements: as a parameter, one has no type where several would do."""
    numbers = {name: str(value) for name, value in values.items() if isinstance(value, int)}
    for statement in filter(str.strip, statements.split(";")):
        written = _NAME.sub(lambda found: numbers.get(found[1], found[0]), statement)
        await session.execute(text(written), {name: values[name] for name in _NAME.findall(written)})


async def _tidy(database: Database) -> None:
    """As autovacuum leaves the tables; it may take longer than a statement of the service."""
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for table in TABLES:
            await driver.execute(f"vacuum analyze {table}", timeout=600)


if __name__ == "__main__":
    asyncio.run(fill(sys.argv[1], Clock().business(), int(sys.argv[2]) if len(sys.argv) > 2 else REQUESTS))
