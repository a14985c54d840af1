"""Milestones that do not take place."""

from shared.migrate import script

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    script("alter table milestone add column cancelled boolean not null default false;")
