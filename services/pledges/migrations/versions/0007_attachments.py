"""Files of pledges: what they are, and which objects of the store nobody needs."""

from shared.migrate import script

revision = "0007"
down_revision = "0006"

ATTACHMENTS = """
create table attachment (
    attachment_id uuid primary key,
    pledge_id     uuid not null references pledge,
    object        text not null unique,
    name          text not null,
    media_type    text not null,
    size          integer not null,
    sha256        text not null,
    person_id     text not null,
    by            text not null,
    uploaded_at   timestamptz not null,
    recorded_at   timestamptz not null,
    public_since  timestamptz,
    removed_at    timestamptz,
    check (public_since is null or removed_at is null)
);
create index attachment_of on attachment (pledge_id, attachment_id);

create table loose_object (
    object text primary key,
    since  timestamptz not null
);
create index loose_object_oldest on loose_object (since);

-- a file's bytes, size and kind never change: it becomes public, or is removed
grant select, insert, update (public_since, removed_at) on attachment to pledges;
grant select, insert, delete on loose_object to pledges;
"""


def upgrade() -> None:
    script(ATTACHMENTS)
