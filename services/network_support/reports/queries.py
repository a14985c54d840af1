"""What the history of requests says of how long things take. Read only."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.reports.schemas import By, Figure, Report, Unit

ENDS = ("draft", "refused", "merged", "closed", "withdrawn")  # time that is nobody's

# each grouping is a sentence of our own; nothing that a caller sends becomes SQL
_GROUPS: dict[By, str] = {
    "all": "null::text",
    "type": "r.type",
    "region": "c.region",
    "officer": "first.person",
}
_FIGURES = """
with request as (
    select request_id, type from support_request where sent_at >= :since and sent_at < :until
), step as (
    select request_id, revision, state, by, person, at as begun,
           lead(at) over (partition by request_id order by revision) as ended
    from request_history join request using (request_id)
), first as (
    select distinct on (request_id) request_id, person, begun from step where by = 'network_staff'
    order by request_id, revision
), lasted as (
    -- by the clock that promises it, so in working time of its duty station
    select request_id, 'first_response' as measure,
           extract(epoch from case when ended = 'met' then spent end) / 3600 as hours
    from request_clock join request using (request_id)
    where kind = 'acknowledge' and round = 1 and ended is distinct from 'cancelled'
    union all
    select request_id, state, extract(epoch from ended - begun) / 3600
    from step where not state = any(cast(:ends as text[]))
    union all
    select request_id, 'paused',
           case when bool_and(ended is not null) then sum(extract(epoch from ended - begun)) end / 3600
    from step where state = 'needs_info' group by request_id
)
select {group} as "group", measure, count(hours) as ended, count(*) - count(hours) as running,
       percentile_disc(array[0.5, 0.75, 0.9]) within group (order by hours) as percentiles
from lasted
join request r using (request_id)
left join first using (request_id)
left join triage_case c on c.case_id = r.request_id
group by 1, 2
order by 1 nulls first, 2
"""
_COUNT = text("select count(*) from support_request where sent_at >= :since and sent_at < :until")
_STATEMENTS = {by: text(_FIGURES.format(group=group)) for by, group in _GROUPS.items()}


async def report(session: AsyncSession, since: date, until: date, by: By) -> Report:
    """Days are of UTC."""
    span = {"since": _midnight(since), "until": _midnight(until)}
    rows = await session.execute(_STATEMENTS[by], {**span, "ends": list(ENDS)})
    found = int(await session.scalar(_COUNT, span) or 0)
    return Report(since=since, until=until, by=by, requests=found, figures=[_figure(row) for row in rows])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _figure(row: Row[Any]) -> Figure:
    p50, p75, p90 = [one if one is None else round(float(one), 1) for one in row.percentiles or (None, None, None)]
    counts = {"ended": row.ended, "running": row.running}
    unit: Unit = "working_hours" if row.measure == "first_response" else "hours"
    return Figure(group=row.group, measure=row.measure, **counts, p50=p50, p75=p75, p90=p90, unit=unit)
