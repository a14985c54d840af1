"""Imports: their files, their rows, and what was made of which row for good."""

from shared.migrate import script

revision = "0014"
down_revision = "0013"

IMPORTS = """
-- a file that somebody sends, and how far the work on it is; fence and lease are of the process that works on it
create table import_job (
    import_id   uuid primary key,
    person_id   text not null,
    roles       text[] not null,
    statements  boolean not null,
    entity_id   text references entity,
    submit      boolean not null,
    name        text not null,
    format      text not null check (format in ('csv', 'xlsx', 'json')),
    size        integer not null,
    encoding    text,
    layout      text,
    header      text[] not null default '{}',
    notes       text[] not null default '{}',
    fault       text,
    state       text not null check (
        state in ('uploading', 'checking', 'checked', 'importing', 'done', 'unreadable', 'cancelled')
    ),
    rows        integer not null default 0,
    good        integer not null default 0,
    bad         integer not null default 0,
    known       integer not null default 0,
    made        integer not null default 0,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    fence       integer not null default 0,
    lease_until timestamptz
);
create index import_of_person on import_job (person_id, import_id desc);
create index import_waiting on import_job (created_at) where state in ('checking', 'importing');
create index import_by_age on import_job (updated_at);

create table import_part (
    import_id uuid not null references import_job on delete cascade,
    number    integer not null,
    content   bytea not null,
    primary key (import_id, number)
);
alter table import_part alter content set storage external;

create table import_row (
    import_id uuid not null references import_job on delete cascade,
    number    integer not null,
    place     text not null,
    state     text not null check (state in ('good', 'bad', 'known', 'made')),
    entity_id text,
    key       text,
    digest    bytea,
    wish      text,
    raw       text,
    faults    text not null,
    pledge_id uuid,
    primary key (import_id, number)
);
create index import_row_in_state on import_row (import_id, state, number);
create index import_row_by_key on import_row (import_id, entity_id, key);

-- append only, and kept for good: the same row makes nothing twice, whenever and in whatever file it comes again
create table imported (
    entity_id text not null references entity,
    key       text not null,
    digest    bytea not null,
    pledge_id uuid not null references pledge,
    primary key (entity_id, key)
);

grant select, insert, update, delete on import_job, import_part, import_row to pledges;
grant select, insert on imported to pledges;
"""


def upgrade() -> None:
    script(IMPORTS)
