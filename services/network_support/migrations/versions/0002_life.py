"""The whole life of a request, what is said at its end, and what triage and matching need to know of a pledge."""

from shared.migrate import script

revision = "0002"
down_revision = "0001"

LIFE = """
alter table support_request
    drop constraint support_request_state_check,
    drop constraint support_request_text_check,
    add constraint support_request_state_check check (state in (
        'draft', 'pending_pledge', 'refused', 'submitted', 'acknowledged', 'triage', 'needs_info', 'accepted',
        'redirected', 'declined', 'merged', 'matching', 'matched', 'delivering', 'delivered', 'confirmed', 'closed',
        'withdrawn')),
    add column status text check (status in ('requested', 'matched', 'delivered', 'withdrawn')),
    add column from_update integer,
    add column sent_at timestamptz;
-- all that there are were sent when they were made
update support_request set sent_at = created_at, status = case
    when state in ('submitted', 'acknowledged') then 'requested' when sequence > 0 then state end;
alter table support_request
    add constraint support_request_text_check check (
        length(text) <= 20000 and (sent_at is null or text <> '')),
    add constraint support_request_sent check ((state = 'draft') <= (sent_at is null));
create unique index support_request_from_update on support_request (pledge_id, from_update)
    where from_update is not null;

alter table request_history
    add column reason text check (length(reason) <= 20000),
    add column facts jsonb not null default '{}';

create table request_feedback (
    request_id uuid not null,
    revision   integer not null,
    by         text not null,
    rating     smallint check (rating between 1 and 5),
    comment    text,
    lessons    text,
    primary key (request_id, revision),
    foreign key (request_id, revision) references request_history
);
"""

KNOWN = """
alter table known_pledge
    add column language text not null default '',
    add column objectives text[] not null default '{}',
    add column main_objectives text[] not null default '{}',
    add column forms text[] not null default '{}';

create table known_entity (
    entity_id text primary key,
    kind      text not null,
    country   text,
    names     jsonb not null,
    groups    jsonb not null,
    sequence  integer not null
);
"""

GRANTS = """
grant select, insert on request_feedback to network_support;
grant select, insert, update, delete on known_entity to network_support;
"""


def upgrade() -> None:
    script(LIFE + KNOWN + GRANTS)
