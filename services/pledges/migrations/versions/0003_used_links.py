"""Action links that were used: each once, by its key."""

from shared.migrate import script

revision = "0003"
down_revision = "0002"

USED_LINKS = """
-- append only: which report an action link made; a link that was not used has no row
create table used_link (
    link_id   uuid primary key,
    pledge_id uuid not null,
    number    integer not null,
    used_at   timestamptz not null,
    foreign key (pledge_id, number) references progress_update
);

grant select, insert on used_link to pledges;
"""


def upgrade() -> None:
    script(USED_LINKS)
