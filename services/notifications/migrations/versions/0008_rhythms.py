"""When people want mail: their rhythm and quiet hours."""

from shared.migrate import script

revision = "0008"
down_revision = "0007"

RHYTHMS = """
create table mail_rhythm (
    person_id   text primary key,
    rhythm      text not null check (rhythm in ('at_once', 'daily', 'weekly')),
    weekday     smallint check (weekday between 1 and 7),
    quiet_from  time,
    quiet_until time,
    changed_at  timestamptz not null,
    check ((rhythm = 'weekly') = (weekday is not null)),
    check ((quiet_from is null) = (quiet_until is null)),
    check (quiet_from <> quiet_until)
);
grant select, insert, update, delete on mail_rhythm to notifications;
"""


def upgrade() -> None:
    script(RHYTHMS)
