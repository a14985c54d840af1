"""Messaging, support requests with their history, and what is known of pledges."""

from shared.messaging import ddl
from shared.migrate import script

revision = "0001"
down_revision = None

REQUESTS = """
create table support_request (
    request_id   uuid primary key,
    pledge_id    uuid not null,
    entity_id    text not null,
    type         text not null,
    text         text not null check (length(text) between 1 and 20000),
    language     text not null,
    state        text not null check (state in ('pending_pledge', 'submitted', 'refused', 'acknowledged', 'withdrawn')),
    refusal      text check ((refusal is not null) = (state = 'refused')),
    revision     integer not null,
    sequence     integer not null,
    created_at   timestamptz not null,
    changed_at   timestamptz not null
);
create index support_request_of_entity on support_request (entity_id, request_id);
create index support_request_in_state on support_request (state, request_id);
create index support_request_for_pledge on support_request (pledge_id, request_id);

create table request_history (
    request_id  uuid not null references support_request,
    revision    integer not null,
    step        text not null,
    state       text not null,
    refusal     text,
    by          text not null,
    person      text,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    primary key (request_id, revision)
);
"""

PLEDGES = """
create table known_pledge (
    pledge_id uuid primary key,
    entity_id text not null,
    title     text not null,
    state     text not null,
    sequence  integer not null
);

-- stays when the projection above is cleared
create table pledge_mark (
    pledge_id uuid primary key,
    sequence  integer not null
);
"""

# history can be added to and read, nothing else; a request is never deleted
GRANTS = """
grant usage on schema public to network_support;
grant select on alembic_version to network_support;
grant select, insert, update on support_request, pledge_mark to network_support;
grant select, insert on request_history to network_support;
grant select, insert, update, delete on known_pledge to network_support;
"""


def upgrade() -> None:
    script(ddl.V1 + ddl.grants("network_support") + REQUESTS + PLEDGES + GRANTS)
