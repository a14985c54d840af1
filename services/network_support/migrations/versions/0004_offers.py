"""Offers of help, and which of them are proposed for or matched to which request."""

from shared.migrate import script

revision = "0004"
down_revision = "0003"

OFFERS = """
create table offer (
    offer_id       uuid primary key,
    kind           text not null check (
        kind in ('expert', 'practice', 'fund_theme', 'pledge', 'country_network', 'state')),
    entity_id      text,
    provider       text,
    title          text not null check (title <> ''),
    text           text not null check (length(text) between 1 and 20000),
    language       text not null,
    languages      text[] not null check (cardinality(languages) > 0),
    places         text[] not null,
    objectives     text[] not null,
    types          text[] not null,
    pledge_id      uuid check ((kind = 'pledge') <= (pledge_id is not null)),
    valid_from     date,
    valid_until    date check (valid_until >= valid_from),
    capacity       integer check (capacity > 0),
    used           integer not null default 0 check (used >= 0),
    conflicts      text not null,
    conflicts_with text[] not null,
    state          text not null check (state in ('submitted', 'changes_requested', 'open', 'withdrawn')),
    revision       integer not null,
    created_at     timestamptz not null,
    changed_at     timestamptz not null,
    check (used <= capacity)
);
create index offer_in_state on offer (state, offer_id);
create index offer_of_entity on offer (entity_id, offer_id) where entity_id is not null;
create index offer_for_objectives on offer using gin (objectives) where state = 'open';
create index offer_for_types on offer using gin (types) where state = 'open';

create table offer_history (
    offer_id    uuid not null references offer,
    revision    integer not null,
    step        text not null,
    state       text not null,
    fields      text[] not null,
    reason      text,
    content     jsonb not null,
    by          text not null,
    person      text,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    primary key (offer_id, revision)
);

create table offer_match (
    match_id    uuid primary key,
    request_id  uuid not null references support_request,
    offer_id    uuid not null references offer,
    state       text not null check (state in ('proposed', 'dropped', 'matched', 'released', 'delivered')),
    note        text not null,
    despite     text,
    reason      text,
    proposed_at timestamptz not null,
    proposed_by text not null,
    matched_at  timestamptz,
    matched_by  text,
    ended_at    timestamptz,
    ended_by    text,
    check ((state in ('matched', 'delivered')) <= (matched_at is not null)),
    check ((state in ('proposed', 'matched')) = (ended_at is null))
);
create unique index offer_match_once on offer_match (request_id, offer_id) where state in ('proposed', 'matched');
create index offer_match_of_request on offer_match (request_id, match_id);
create index offer_match_of_offer on offer_match (offer_id, match_id);
"""

# what is counted in public, from the index alone
DEMAND = """
create index support_request_in_public on support_request (pledge_id, entity_id, status)
    where status in ('requested', 'matched', 'delivered');
"""

# a match ends, and is never deleted; history can be added to and read
GRANTS = """
grant select, insert, update on offer, offer_match to network_support;
grant select, insert on offer_history to network_support;
"""


def upgrade() -> None:
    script(OFFERS + DEMAND + GRANTS)
