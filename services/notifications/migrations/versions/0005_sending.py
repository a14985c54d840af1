"""Deferred mails; addresses that are written to no more; what came back; what people turned off."""

from shared.migrate import script

revision = "0005"
down_revision = "0004"

DEFERRED = """
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check
    check (state in ('queued', 'deferred', 'sending', 'sent', 'failed', 'suppressed'));
create index delivery_due on delivery (next_try_at) where state in ('queued', 'deferred', 'sending');
"""

# one row a reason to stop; undone by staff it stays, as what happened
SUPPRESSION = """
create table suppression (
    id             uuid primary key,
    address_hash   bytea,
    reason         text not null check (reason in ('bounced', 'complained')),
    status         text not null,
    delivery_id    uuid not null references delivery,
    created_at     timestamptz not null,
    lifted_at      timestamptz,
    lifted_by      text,
    lifted_because text,
    check (lifted_at is not null or address_hash is not null)
);
create unique index suppression_now on suppression (address_hash) where lifted_at is null;
create index suppression_of_delivery on suppression (delivery_id);
"""

RETURNED = """
create table returned (
    delivery_id uuid not null references delivery,
    kind        text not null check (kind in ('hard', 'soft', 'complaint')),
    status      text not null,
    received_at timestamptz not null,
    primary key (delivery_id, kind)
);
"""

PREFERENCES = """
create table mail_preference (
    person_id text not null,
    category  text not null,
    off_since timestamptz,
    primary key (person_id, category)
);
"""

GRANTS = """
grant select, insert, update on suppression to notifications;
grant select, insert on returned to notifications;
grant select, insert, update, delete on mail_preference to notifications;
"""


def upgrade() -> None:
    script(DEFERRED + SUPPRESSION + RETURNED + PREFERENCES + GRANTS)
