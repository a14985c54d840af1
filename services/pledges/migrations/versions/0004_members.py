"""Machines as members, and groups to be found by."""

from shared.migrate import script

revision = "0004"
down_revision = "0003"

MEMBERS = """
alter table membership add column machine boolean not null default false;
create index entity_group_by_code on entity_group (code, entity_id);
"""


def upgrade() -> None:
    script(MEMBERS)
