"""What changes on the desk, noted in the transaction of the change: boards that are open are told of it."""

from shared.migrate import script

revision = "0009"
down_revision = "0008"

EVENTS = """
-- In the order in which it is told: of a transaction that has ended all rows are seen, and of none that goes on.
create table board_event (
    xact     bigint not null default cast(cast(pg_current_xact_id() as text) as bigint),
    event_id bigint generated always as identity,
    case_id  uuid,  -- null: more than can be named
    what     text not null check (what in ('new', 'stage', 'officer', 'priority', 'clock', 'conversation', 'presence',
                                           'many')),
    at       timestamptz not null default clock_timestamp(),
    primary key (xact, event_id)
);
create index board_event_at on board_event (at);
"""

# by triggers, because cases are changed by many statements, and some of them change many cases
TRIGGERS = """
create function board_case_appeared() returns trigger language plpgsql as $$
begin
    insert into board_event (case_id, what) select case_id, 'new' from later;
    return null;
end $$;
create trigger board_case_appeared after insert on triage_case
    referencing new table as later for each statement execute function board_case_appeared();

create function board_case_changed() returns trigger language plpgsql as $$
begin
    if (select count(*) from later) > 100 then
        insert into board_event (what) values ('many');
        return null;
    end if;
    insert into board_event (case_id, what)
    select later.case_id, one.what
    from later join earlier using (case_id), lateral (values
        ('stage', later.stage <> earlier.stage),
        ('officer', later.officer is distinct from earlier.officer),
        ('priority', (later.priority, later.priority_reason)
                     is distinct from (earlier.priority, earlier.priority_reason)),
        ('clock', (later.due_at, later.clock) is distinct from (earlier.due_at, earlier.clock))
    ) as one (what, differs)
    where one.differs;
    return null;
end $$;
create trigger board_case_changed after update on triage_case
    referencing new table as later old table as earlier for each statement execute function board_case_changed();

create function board_said() returns trigger language plpgsql as $$
begin
    insert into board_event (case_id, what) values (new.request_id, 'conversation');
    return null;
end $$;
create trigger board_said after insert on message for each row execute function board_said();

-- who comes and goes; that somebody is still there is no news
create function board_somebody_here() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into board_event (case_id, what) values (old.case_id, 'presence');
    elsif tg_op = 'INSERT' or new.since <> old.since then
        insert into board_event (case_id, what) values (new.case_id, 'presence');
    end if;
    return null;
end $$;
create trigger board_somebody_here after insert or update or delete on case_presence
    for each row execute function board_somebody_here();
"""

GRANTS = """
grant select, insert, delete on board_event to network_support;
"""


def upgrade() -> None:
    script(EVENTS + TRIGGERS + GRANTS)
