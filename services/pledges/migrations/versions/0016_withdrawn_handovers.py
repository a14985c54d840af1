"""Handovers that are withdrawn before they happen: the place may then be handed over anew."""

from shared.migrate import script

revision = "0016"
down_revision = "0015"

WITHDRAWN = """
alter table handover add column withdrawn_at timestamptz;
create unique index handover_once on handover (former_membership) where withdrawn_at is null;
alter table handover drop constraint handover_former_membership_key;
create index handover_ahead on handover (entity_id, since);
grant update (withdrawn_at) on handover to pledges;
"""


def upgrade() -> None:
    script(WITHDRAWN)
