"""Clocks in working time, their pauses, and the runs that compute them anew."""

from shared.migrate import script

revision = "0005"
down_revision = "0004"

CLOCKS = """
create table request_clock (
    request_id    uuid not null references support_request,
    kind          text not null check (kind in ('acknowledge', 'scoping', 'offers', 'matched')),
    round         smallint not null,
    station       text not null,
    started_at    timestamptz not null,
    allowed       interval not null,
    spent         interval not null,
    running_since timestamptz,
    paused_since  timestamptz,
    due_at        timestamptz,
    ended_at      timestamptz,
    ended         text check (ended in ('met', 'cancelled')),
    rules         bigint not null,
    changes       integer not null,
    primary key (request_id, kind, round),
    -- it runs, is paused or has ended
    check (num_nonnulls(running_since, paused_since, ended_at) = 1 and (ended is null) = (ended_at is null)),
    check (due_at is not null or running_since is null)
);
create unique index request_clock_open on request_clock (request_id, kind) where ended_at is null;
create index request_clock_due on request_clock (due_at, request_id) where ended_at is null;
create index request_clock_rules on request_clock (rules) where ended_at is null;

create table request_pause (
    pause_id   bigint generated always as identity primary key,
    request_id uuid not null references support_request,
    begun_at   timestamptz not null,
    ended_at   timestamptz
);
create index request_pause_of on request_pause (request_id, begun_at);
create unique index request_pause_open on request_pause (request_id) where ended_at is null;

create table clock_rules (
    rules      bigint primary key,
    adopted_at timestamptz not null
);

create table clock_run (
    run_id        uuid primary key,
    rules         bigint not null,
    cause         text not null check (cause in ('rules', 'asked')),
    person        text,
    total         integer not null,
    done          integer not null,
    moved         integer not null,
    after_request uuid,
    after_kind    text,
    begun_at      timestamptz not null,
    updated_at    timestamptz not null,
    ended_at      timestamptz
);
create unique index clock_run_open on clock_run ((true)) where ended_at is null;
"""

# nothing is ever deleted
GRANTS = """
grant select, insert, update on request_clock, request_pause, clock_rules, clock_run to network_support;
"""


def upgrade() -> None:
    script(CLOCKS + GRANTS)
