"""To whom a mail went that is for who asked, wrote or reported: so that erasure finds what is kept of their address."""

from shared.migrate import script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    script("alter table delivery add column whose text;")
