"""Whether a row of an import names what only the database knows, so that others are not asked about again."""

from shared.migrate import script

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    script("alter table import_row add column refers boolean not null default true;")
