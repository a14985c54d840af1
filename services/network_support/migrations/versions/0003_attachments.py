"""Files of requests: what they are, and which objects of the store nobody needs."""

from shared.migrate import script

revision = "0003"
down_revision = "0002"

ATTACHMENTS = """
create table attachment (
    attachment_id uuid primary key,
    request_id    uuid not null references support_request,
    object        text not null unique,
    name          text not null,
    media_type    text not null,
    size          integer not null,
    sha256        text not null,
    person        text,
    by            text not null,
    uploaded_at   timestamptz not null,
    recorded_at   timestamptz not null,
    removed_at    timestamptz
);
create index attachment_of on attachment (request_id, attachment_id);

create index support_request_quiet on support_request (state, changed_at);

create table loose_object (
    object text primary key,
    since  timestamptz not null
);
create index loose_object_oldest on loose_object (since);

-- a file's bytes, size and kind never change
grant select, insert, update (removed_at) on attachment to network_support;
grant select, insert, delete on loose_object to network_support;
"""


def upgrade() -> None:
    script(ATTACHMENTS)
