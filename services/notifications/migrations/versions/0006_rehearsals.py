"""Rehearsals of a month, and pauses of mail."""

from shared.migrate import script

revision = "0006"
down_revision = "0005"

REHEARSALS = """
create table rehearsal (
    rehearsal_id uuid primary key,
    month        date not null,
    policy       text,
    moves        jsonb not null,
    asked_by     text not null,
    state        text not null check (state in ('waiting', 'running', 'done', 'failed')),
    fault        text,
    done         integer not null,
    total        integer,
    days         jsonb not null,
    created_at   timestamptz not null,
    business_at  timestamptz,
    token        uuid,
    lease_until  timestamptz,
    check (state <> 'running' or (token is not null and lease_until is not null))
);
create index rehearsal_newest on rehearsal (created_at, rehearsal_id);

create table rehearsed_mail (
    rehearsal_id uuid not null references rehearsal on delete cascade,
    changed      boolean not null,
    number       integer not null,
    due_on       date not null,
    not_before   timestamptz not null,
    person_id    text not null,
    lists        jsonb not null,
    primary key (rehearsal_id, changed, number)
);
create index rehearsed_mail_of_day on rehearsed_mail (rehearsal_id, changed, due_on, number);
create index rehearsed_mail_of_person on rehearsed_mail (person_id);
"""

# an ended pause stays, as what happened
PAUSES = """
create table mail_pause (
    pause_id  uuid primary key,
    category  text not null,
    templates text[],
    reason    text not null,
    begun_by  text not null,
    begun_at  timestamptz not null,
    ended_by  text,
    ended_at  timestamptz,
    skipped   integer,
    check ((ended_at is null) = (ended_by is null))
);
create unique index mail_pause_now on mail_pause (category) where ended_at is null;
create index mail_pause_newest on mail_pause (begun_at, pause_id);
"""

GRANTS = """
grant select, insert, update, delete on rehearsal, rehearsed_mail to notifications;
grant select, insert, update on mail_pause to notifications;
"""


def upgrade() -> None:
    script(REHEARSALS + PAUSES + GRANTS)
