"""Tables of the messaging core as the first migration of a service creates them. Later changes are later constants."""

V1 = """
create table outbox (
    id           bigint generated always as identity (cache 1) primary key,
    event_id     uuid not null,
    topic        text not null,
    type         text,
    key          text not null,
    payload      text,
    traceparent  text,
    created_at   timestamptz not null,
    published_at timestamptz
);
create index outbox_unpublished on outbox (id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

-- which events an effect has handled; pruned after the topics' retention, the effects' own unique keys stay
create table inbox (
    consumer   text not null,
    event_id   uuid not null,
    handled_at timestamptz not null,
    primary key (consumer, event_id)
);
create index inbox_age on inbox (handled_at);

-- effects never act on events from before the service began to listen
create table effect_start (
    consumer text primary key,
    since    timestamptz not null
);

-- the generation of a projection is part of its consumer group's name: a rebuild raises it
create table projection (
    consumer   text primary key,
    generation integer not null
);

-- keys that a tombstone erased, with the place where it stood: a replayed older record must not bring them back
create table erased (
    consumer  text not null,
    key       text not null,
    partition integer not null,
    "offset"  bigint not null,
    primary key (consumer, key)
);

create table idempotency (
    person      text not null,
    key         text not null,
    fingerprint bytea not null,
    status      smallint not null,
    headers     text not null,
    body        text not null,
    created_at  timestamptz not null,
    primary key (person, key)
);
create index idempotency_age on idempotency (created_at);
"""


def grants(role: str) -> str:
    """What the application's role may do with these tables."""
    tables = "outbox, inbox, effect_start, projection, erased, idempotency"
    return f"grant select, insert, update, delete on {tables} to {role};"
