"""Which entities staff were told of because they have no focal point any more."""

from shared.migrate import script

revision = "0017"
down_revision = "0016"

LEADS = """
create table lead_left (
    entity_id    text primary key references entity,
    lead_left_id uuid not null
);
grant select, insert, delete on lead_left to pledges;
"""


def upgrade() -> None:
    script(LEADS)
