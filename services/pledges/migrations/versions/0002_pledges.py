"""Pledges: the working copy, what is public, their histories, progress updates and the support that was asked for."""

from shared.migrate import script

revision = "0002"
down_revision = "0001"

PLEDGES = """
-- what its entity and the Network's staff work on; nothing public reads this table
create table pledge (
    pledge_id  uuid primary key,
    entity_id  text not null references entity,
    revision   integer not null,
    state      text not null check (state in ('draft', 'submitted', 'changes_requested', 'published', 'closed')),
    title      text not null,
    content    text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
) with (fillfactor = 80);
create index pledge_of_entity on pledge (entity_id, pledge_id desc);
create index pledge_waiting on pledge (pledge_id) where state in ('submitted', 'changes_requested');

-- append only: every saved edit and every step, by whom; never shown in public
create table pledge_history (
    step_id     bigint generated always as identity primary key,
    pledge_id   uuid not null references pledge,
    revision    integer not null,
    action      text not null,
    state       text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    person_id   text not null,
    by          text not null,
    fields      text[] not null,
    details     text not null
);
create index pledge_history_of on pledge_history (pledge_id, step_id);

-- what anybody may see: one row a published pledge, with the snapshot that also travels on the public topic
create table public_pledge (
    pledge_id          uuid primary key references pledge,
    entity_id          text not null,
    entity_kind        text not null,
    state              text not null check (state in ('published', 'closed')),
    closed_reason      text,
    version            integer not null,
    sequence           integer not null,
    title              text not null,
    kind               text not null,
    objectives         text[] not null,
    review_cycle       text,
    published_at       timestamptz not null,
    first_published_at timestamptz not null,
    status             text,
    last_reported_at   timestamptz,
    reports            integer not null default 0,
    revision           integer not null,
    snapshot           text not null
) with (fillfactor = 80);
create index public_pledge_newest on public_pledge (first_published_at desc, pledge_id desc);
create index public_pledge_of_entity on public_pledge (entity_id, first_published_at desc, pledge_id desc);
create index public_pledge_of_cycle on public_pledge (review_cycle, first_published_at desc, pledge_id desc)
    include (last_reported_at, closed_reason);
create index public_pledge_of_kind on public_pledge (kind, first_published_at desc, pledge_id desc);
create index public_pledge_of_state on public_pledge (state, first_published_at desc, pledge_id desc);

-- by objective and by form: a code that only old pledges have is found as fast as any other
create table pledge_facet (
    code               text not null,
    first_published_at timestamptz not null,
    pledge_id          uuid not null references public_pledge,
    primary key (code, first_published_at, pledge_id)
);

-- append only: the snapshots of all published versions
create table pledge_version (
    pledge_id    uuid not null references pledge,
    version      integer not null,
    published_at timestamptz not null,
    snapshot     text not null,
    primary key (pledge_id, version)
);

-- append only: the steps that the public may know, by role and never by person
create table public_history (
    pledge_id uuid not null references pledge,
    sequence  integer not null,
    version   integer not null,
    action    text not null check (action in ('published', 'amended', 'reported', 'closed')),
    at        timestamptz not null,
    by        text not null,
    fields    text[] not null,
    primary key (pledge_id, sequence)
);

-- append only: a wrong report is corrected by another one
create table progress_update (
    pledge_id   uuid not null references pledge,
    number      integer not null,
    status      text not null,
    no_change   boolean not null,
    person_id   text not null,
    reported_at timestamptz not null,
    recorded_at timestamptz not null,
    document    text not null,
    primary key (pledge_id, number)
);

-- projection of gcm.support; it never touches the pledge or its revision
create table pledge_support (
    request_id uuid primary key,
    pledge_id  uuid not null,
    status     text not null,
    sequence   integer not null
);
create index pledge_support_of on pledge_support (pledge_id);

grant select, insert, update on pledge, public_pledge to pledges;
grant select, insert on pledge_history, pledge_version, public_history, progress_update to pledges;
grant select, insert, delete on pledge_facet to pledges;
grant select, insert, update, delete on pledge_support to pledges;
"""


def upgrade() -> None:
    script(PLEDGES)
