"""Clocks of the requests that came before there were any: by no rules, so that a worker computes them at its start."""

from shared.migrate import script

revision = "0008"
down_revision = "0007"

CLOCKS = """
insert into request_clock (request_id, kind, round, station, started_at, allowed, spent, running_since, paused_since,
                           due_at, rules, changes)
select request_id, kind, 1, '', sent_at, interval '0', interval '0', case when state <> 'needs_info' then sent_at end,
       case when state = 'needs_info' then changed_at end, sent_at, 0, 1
from support_request join (values
    ('acknowledge', array['submitted']),
    ('scoping', array['submitted', 'acknowledged', 'triage', 'needs_info']),
    ('offers', array['submitted', 'acknowledged', 'triage', 'needs_info', 'accepted']),
    ('matched', array['submitted', 'acknowledged', 'triage', 'needs_info', 'accepted', 'matching'])
) as clock (kind, open_in) on state = any(open_in)
where not exists (select from request_clock other where other.request_id = support_request.request_id);

insert into request_pause (request_id, begun_at)
select request_id, changed_at from support_request
where state = 'needs_info'
    and not exists (select from request_pause other where other.request_id = support_request.request_id);
"""


def upgrade() -> None:
    script(CLOCKS)
