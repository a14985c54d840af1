"""Pledges: the working copy, what is public of it, its history, progress updates, and what is known of support."""

from shared.migrate import script

revision = "0002"
down_revision = "0001"

REGISTRY = """
create table pledge (
    pledge_id     uuid primary key,
    entity_id     text not null references entity,
    revision      integer not null,
    working_state text check (working_state in ('draft', 'submitted', 'changes_requested')),
    public_state  text check (public_state in ('published', 'closed')),
    title         text not null,
    content       text not null,
    submitted_at  timestamptz,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    check (working_state is not null or public_state is not null),
    check (working_state is null or public_state is distinct from 'closed')
);
create index pledge_of_entity on pledge (entity_id, pledge_id);
create index pledge_queue on pledge (submitted_at, pledge_id) where working_state in ('submitted', 'changes_requested');

create table pledge_public (
    pledge_id          uuid primary key references pledge,
    entity_id          text not null,
    revision           integer not null,
    version            integer not null,
    sequence           integer not null,
    state              text not null check (state in ('published', 'closed')),
    closed_reason      text,
    kind               text not null,
    title              text not null,
    review_cycle       text,
    first_published_at timestamptz not null,
    published_at       timestamptz not null,
    status             text,
    last_reported_at   timestamptz,
    reports            integer not null,
    document           text not null,
    check ((state = 'closed') = (closed_reason is not null))
);
create index public_by_date on pledge_public (first_published_at, pledge_id);
create index public_by_entity on pledge_public (entity_id, first_published_at, pledge_id);
create index public_by_kind on pledge_public (kind, first_published_at, pledge_id);
create index public_by_cycle on pledge_public (review_cycle, first_published_at, pledge_id);
create index public_by_state on pledge_public (state, first_published_at, pledge_id);

create table pledge_facet (
    code               text not null,
    first_published_at timestamptz not null,
    pledge_id          uuid not null,
    primary key (code, first_published_at, pledge_id)
);

create table pledge_version (
    pledge_id    uuid not null references pledge,
    version      integer not null,
    published_at timestamptz not null,
    document     text not null,
    primary key (pledge_id, version)
);

create table pledge_history (
    pledge_id   uuid not null references pledge,
    step_id     bigint generated always as identity,
    revision    integer not null,
    version     integer,
    action      text not null,
    person_id   text not null,
    role        text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    fields      text[] not null,
    details     jsonb not null,
    asked       jsonb,
    content     text,
    primary key (pledge_id, step_id)
);

-- a projection: no reference to the pledge, it may be cleared and read again from its topic
create table pledge_support (
    request_id uuid primary key,
    pledge_id  uuid not null,
    status     text not null,
    sequence   integer not null
);
create index support_of_pledge on pledge_support (pledge_id, request_id);
"""

PROGRESS = """
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
"""

# history, versions and updates can be added to and read, nothing else
GRANTS = """
grant select, insert, update on pledge, pledge_public to pledges;
grant select, insert on pledge_history, pledge_version, progress_update to pledges;
grant select, insert, delete on pledge_facet to pledges;
grant select, insert, update, delete on pledge_support to pledges;
"""


def upgrade() -> None:
    script(REGISTRY + PROGRESS + GRANTS)
