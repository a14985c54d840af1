"""Milestones as calendars show them."""

from shared.migrate import script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    script("""
create table calendar_entry (
    code      text primary key,
    cycle     text not null,
    names     jsonb not null,
    starts    text not null,
    ends      text,
    time_zone text not null,
    tentative boolean not null,
    cancelled boolean not null,
    sequence  bigint not null,
    told_at   timestamptz not null
);
create index calendar_entry_of_cycle on calendar_entry (cycle);
grant select, insert, update, delete on calendar_entry to notifications;
""")
