"""The desk of many requests: a case of each, as its steps have left it. Joins the filling of `many`."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database
from tests.bench.support import many

OFFICERS = 40
NOW = "(select max(sent_at) from made)"

# regions, officers and priorities by number, so that each filter has much, little, or nothing in common with another
_CASES = f"""
insert into triage_case (case_id, kind, stage, is_open, entity_id, pledge_id, region, type, language, objectives,
                         officer, priority, due_at, clock, revision, opened_at, changed_at)
select r.request_id, 'request', r.state, n * 37 % 100 < {many.OPEN + 12} and r.state <> 'closed',
       r.entity_id, r.pledge_id,
       (array['region_africa', 'region_americas', 'region_asia', 'region_europe', 'region_oceania', null])
           [1 + least(n * 17 % 20, 5)],
       r.type, r.language, p.objectives, case when n % 3 > 0 then 'officer-' || n % {OFFICERS} end,
       case n % 50 when 0 then 1 when 1 then 2 when 2 then 4 else 3 end,
       case when r.state in ('needs_info', 'matched', 'delivering') or n % 9 = 0 then '9999-12-31 00:00:00+00'
            else r.sent_at + interval '60 days' end,
       'matched', 1 + n % 3, r.sent_at, r.sent_at
from made join support_request r using (request_id) join known_pledge p on p.pledge_id = r.pledge_id order by n
"""  # noqa: S608 - our own constants
_OFFICERS = f"insert into officer (person_id) select 'officer-' || n from generate_series(0, {OFFICERS - 1}) n"  # noqa: S608
_WORDS = """
insert into case_words (case_id, words)
select request_id, string_to_array(text, ' ') || language from support_request
"""
TABLES = ("triage_case", "case_words", "officer")


async def cases(session: AsyncSession) -> None:
    for statement in (_CASES, _OFFICERS, _WORDS):
        await session.execute(text(statement))


async def tidy(owner_url: str) -> None:
    """As autovacuum leaves the tables."""
    database = Database(owner_url, application="desk", pool=1)
    try:
        async with database.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            for table in TABLES:
                await driver.execute(f"vacuum analyze {table}", timeout=600)
    finally:
        await database.close()
