"""What an entity has not published is compared as it is: it needs no keys, but to be found without reading the rest."""

from shared.migrate import script

revision = "0013"
down_revision = "0012"

UNPUBLISHED = """
drop table draft_key;
create index pledge_unpublished on pledge (entity_id, pledge_id desc)
    where state in ('draft', 'submitted', 'changes_requested');
"""


def upgrade() -> None:
    script(UNPUBLISHED)
