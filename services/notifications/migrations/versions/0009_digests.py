"""Mails that come together in one."""

from shared.migrate import script

revision = "0009"
down_revision = "0008"

DIGESTS = """
create table digest_item (
    delivery_id uuid primary key references delivery,
    digest_id   uuid not null references delivery
);
create index digest_item_of on digest_item (digest_id);
create index delivery_digest on delivery (person_id) where template = 'digest';
grant select, insert, update on digest_item to notifications;
"""


def upgrade() -> None:
    script(DIGESTS)
