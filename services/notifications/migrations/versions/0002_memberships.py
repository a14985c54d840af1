"""Mails about a membership are about no pledge."""

from shared.migrate import script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    script("alter table mailing alter column pledge_id drop not null;")
