"""Reports that were heard of, and the measures of campaigns."""

from shared.migrate import script

revision = "0007"
down_revision = "0006"

CAMPAIGNS = """
create table report_heard (
    pledge_id   uuid not null,
    reported_at timestamptz not null,
    primary key (pledge_id, reported_at)
);
create table campaign (
    milestone   text primary key,
    starts      text,
    offsets     jsonb,
    measured_at timestamptz,
    business_at timestamptz,
    next_at     timestamptz not null
);
create index campaign_latest on campaign (starts, milestone) where measured_at is not null;
"""

GRANTS = """
grant select, insert, delete on report_heard to notifications;
grant select, insert, update on campaign to notifications;
"""


def upgrade() -> None:
    script(CAMPAIGNS + GRANTS)
