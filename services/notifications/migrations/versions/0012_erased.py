"""Who was erased, so that nothing is written of them again."""

from shared.migrate import script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    script("""
        create table erased_person (person_id text primary key, at timestamptz not null);
        insert into erased_person (person_id, at)
            select distinct person_id, now() from delivery where reason = 'person_erased';
        grant select, insert, update, delete on erased_person to notifications;
    """)
