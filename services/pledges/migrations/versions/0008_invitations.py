"""Invitations, and focal points' places that went to successors."""

from shared.migrate import script

revision = "0008"
down_revision = "0007"

INVITATIONS = """
create table invitation (
    invitation_id uuid primary key,
    entity_id     text not null references entity,
    role          text not null check (role in ('focal_point', 'delegate', 'viewer')),
    since         timestamptz,
    until         timestamptz,
    language      text not null,
    address       text,
    invited_by    text not null,
    by            text not null,
    state         text not null check (state in ('open', 'used', 'revoked', 'expired')),
    round         integer not null,
    made_at       timestamptz not null,
    expires_at    timestamptz not null,
    check ((address is not null) = (state = 'open'))
);
create index invitation_of_entity on invitation (entity_id, invitation_id desc);
create index invitation_open on invitation (entity_id) where state = 'open';

create table handover (
    handover_id       uuid primary key,
    entity_id         text not null references entity,
    former            text not null,
    former_membership uuid not null unique,
    successor         text not null,
    since             timestamptz not null
);

grant select, insert, update, delete on invitation to pledges;
grant select, insert, delete on handover to pledges;
"""


def upgrade() -> None:
    script(INVITATIONS)
