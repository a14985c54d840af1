"""Messaging, entities with people and memberships, review cycles with milestones."""

from shared.messaging import ddl
from shared.migrate import script

revision = "0001"
down_revision = None

ENTITIES = """
create extension if not exists pg_trgm;

create table entity (
    entity_id text primary key,
    kind      text not null,
    name      text not null,
    names     jsonb not null,
    aliases   text[] not null,
    country   text,
    fictional boolean not null,
    sort_name text collate "C" not null,
    search    text not null,
    revision  integer not null,
    sequence  integer not null,
    reference jsonb
);
create index entity_by_name on entity (sort_name, entity_id);
create index entity_by_kind on entity (kind, sort_name, entity_id);
create index entity_search on entity using gin (search gin_trgm_ops);

create table entity_group (
    group_id  bigint generated always as identity primary key,
    entity_id text not null references entity,
    code      text not null,
    since     date,
    until     date,
    unique nulls not distinct (entity_id, code, since),
    check (until > since)
);

create table entity_history (
    step_id     bigint generated always as identity primary key,
    entity_id   text not null references entity,
    revision    integer not null,
    action      text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    person_id   text,
    by          text not null,
    details     jsonb not null
);
create index entity_history_of on entity_history (entity_id, step_id);

create table person (
    person_id text primary key,
    name      text not null,
    address   text not null,
    language  text not null,
    time_zone text not null,
    desk      boolean not null,
    revision  integer not null
);
create index person_desk on person (person_id) where desk;

-- a machine may be a member without being registered as a person: it has no address
create table membership (
    membership_id uuid primary key,
    entity_id     text not null references entity,
    person_id     text not null,
    role          text not null check (role in ('focal_point', 'delegate', 'viewer')),
    since         timestamptz not null,
    until         timestamptz check (until >= since)
);
create index membership_of_person on membership (person_id, entity_id);
create index membership_of_entity on membership (entity_id, since, membership_id);
"""

REVIEWS = """
create table review_cycle (
    code      text primary key,
    names     jsonb not null,
    opens_at  timestamptz not null,
    opened_by text not null,
    forum     text not null,
    plenary   text
);

create table milestone (
    code       text primary key,
    cycle      text not null references review_cycle,
    kind       text not null,
    names      jsonb not null,
    starts     text not null,
    ends       text,
    starts_on  date not null,
    seat       text,
    time_zone  text not null,
    tentative  boolean not null,
    reminders  boolean not null,
    group_code text,
    document   text,
    revision   integer not null,
    sequence   integer not null,
    reference  jsonb
);
create index milestone_by_day on milestone (starts_on, code);

create table milestone_history (
    step_id     bigint generated always as identity primary key,
    code        text not null references milestone,
    revision    integer not null,
    action      text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    person_id   text,
    by          text not null,
    reason      text not null,
    details     jsonb not null
);
create index milestone_history_of on milestone_history (code, step_id);
"""

# history can be added to and read, nothing else; cycles come from the reference data, which the owner loads
GRANTS = """
grant usage on schema public to pledges;
grant select on alembic_version, review_cycle to pledges;
grant select, insert, update, delete on entity_group to pledges;
grant select, insert, update on entity, person, membership, milestone to pledges;
grant select, insert on entity_history, milestone_history to pledges;
"""


def upgrade() -> None:
    script(ddl.V1 + ddl.grants("pledges") + ENTITIES + REVIEWS + GRANTS)
