"""The conversation about a request, the addresses at which it is answered by mail, and what became of each mail."""

from shared.migrate import script

revision = "0007"
down_revision = "0006"

CONVERSATION = """
create table message (
    request_id  uuid not null references support_request,
    number      integer not null check (number > 0),
    sender      text not null check (sender in ('requester', 'staff', 'system')),
    internal    boolean not null check (not internal or sender <> 'requester'),
    asks        boolean not null,
    text        text not null check (length(text) <= 200000 and (text <> '' or channel = 'mail')),
    quoted      text check (length(quoted) <= 200000),
    language    text,
    channel     text not null check (channel in ('api', 'portal', 'mail')),
    person      text,
    elsewhere   boolean not null,
    left_out    jsonb not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    primary key (request_id, number)
);

create table reply_address (
    address_id bytea primary key,
    request_id uuid not null references support_request,
    person     text not null,
    created_at timestamptz not null,
    unique (request_id, person)
);

create table mail_in (
    mail_id     uuid primary key,
    fingerprint bytea not null unique,
    outcome     text not null check (outcome in ('accepted', 'automatic', 'mass_mail', 'unknown_address', 'expired',
                                                 'not_a_member', 'too_large', 'broken')),
    detail      text,
    request_id  uuid references support_request,
    number      integer check ((number is not null) = (outcome = 'accepted')),
    address_id  bytea references reply_address,
    answered    boolean not null,
    size        integer not null,
    via         text not null,
    recorded_at timestamptz not null
);
create index mail_in_outcome on mail_in (outcome, mail_id);
create index mail_in_answered on mail_in (address_id, recorded_at) where answered;
create index reply_address_of on reply_address (person);

alter table attachment add column message integer;
"""

# what was said, and what became of a mail, can be added to and read, nothing else
GRANTS = """
grant select, insert on message, reply_address, mail_in to network_support;
"""


def upgrade() -> None:
    script(CONVERSATION + GRANTS)
