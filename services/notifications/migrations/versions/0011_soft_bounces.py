"""Of a mail that came back for now, whose it was: the keyed hash of its address, to count how often."""

from shared.migrate import script

revision = "0011"
down_revision = "0010"

COUNTED = """
alter table returned add column address_hash bytea;
create index returned_soft on returned (address_hash, received_at) where kind = 'soft';
grant update (address_hash) on returned to notifications;
"""


def upgrade() -> None:
    script(COUNTED)
