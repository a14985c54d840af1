"""Messaging, mailings and deliveries, reminders and what they are planned from."""

from shared.messaging import ddl
from shared.migrate import script

revision = "0001"
down_revision = None

DELIVERIES = """
create table mailing (
    id          uuid primary key,
    cause       text not null,
    template    text not null,
    entity_id   text not null,
    pledge_id   uuid not null,
    facts       jsonb not null,
    state       text not null check (state in ('open', 'done')),
    people      integer,
    attempts    integer not null,
    next_try_at timestamptz not null,
    lease_token uuid,
    created_at  timestamptz not null,
    constraint mailing_once unique (cause, template)
);
create index mailing_open on mailing (next_try_at) where state = 'open';

create table delivery (
    id          uuid primary key,
    cause       text not null,
    person_id   text not null,
    template    text not null,
    entity_id   text,
    pledge_id   uuid,
    facts       jsonb not null,
    state       text not null check (state in ('queued', 'sending', 'sent', 'failed', 'suppressed')),
    reason      text,
    not_before  timestamptz,
    next_try_at timestamptz,
    attempts    integer not null,
    lease_token uuid,
    lease_until timestamptz,
    message_id  text,
    created_at  timestamptz not null,
    sent_at     timestamptz,
    constraint delivery_once unique (cause, person_id, template),
    check (state <> 'sending' or (lease_token is not null and lease_until is not null))
);
create index delivery_open on delivery (next_try_at) where state in ('queued', 'sending');
create index delivery_by_state on delivery (state, id);
"""

REMINDERS = """
create table known_pledge (
    pledge_id          uuid primary key,
    entity_id          text not null,
    title              text not null,
    state              text not null,
    review_cycle       text,
    first_published_at timestamptz not null,
    last_reported_at   timestamptz,
    sequence           bigint not null,
    changed_at         timestamptz not null
);
create index known_pledge_in_cycle on known_pledge (review_cycle, pledge_id) where state = 'published';
create index known_pledge_changed on known_pledge (changed_at);

create table known_milestone (
    code        text primary key,
    cycle       text not null,
    cycle_opens timestamptz not null,
    names       jsonb not null,
    starts      text not null,
    tentative   boolean not null,
    reminders   boolean not null,
    sequence    bigint not null,
    changed_at  timestamptz not null
);

create table reminder (
    id          bigint generated always as identity primary key,
    pledge_id   uuid not null,
    entity_id   text not null,
    milestone   text not null,
    offset_days integer not null,
    due_on      date not null,
    state       text not null check (state in ('planned', 'queued', 'sent', 'skipped', 'no_contact')),
    reason      text,
    acted_on    date,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    constraint reminder_once unique (pledge_id, milestone, due_on, offset_days)
);
create index reminder_planned on reminder (due_on, id) where state = 'planned';
create index reminder_of_milestone on reminder (milestone, due_on, id);
create index reminder_by_day on reminder (due_on, id);

create table reminder_delivery (
    reminder_id bigint not null references reminder,
    delivery_id uuid not null references delivery,
    primary key (reminder_id, delivery_id)
);
create index reminder_delivery_of on reminder_delivery (delivery_id);
"""

# what was sent is remembered for ever: nothing that keeps a mail from being sent twice can be deleted; only the copies
# of what others own may be dropped and read anew
GRANTS = """
grant usage on schema public to notifications;
grant select on alembic_version to notifications;
grant select, insert, update on mailing, delivery, reminder to notifications;
grant select, insert on reminder_delivery to notifications;
grant select, insert, update, delete on known_pledge, known_milestone to notifications;
"""


def upgrade() -> None:
    script(ddl.V1 + ddl.grants("notifications") + DELIVERIES + REMINDERS + GRANTS)
