"""Review cycles that staff add."""

from shared.migrate import script

revision = "0015"
down_revision = "0014"

CYCLES = """
alter table review_cycle alter column opened_by drop not null;

-- append only: who added a cycle that the reference data does not have, and why
create table review_cycle_added (
    code        text primary key references review_cycle,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    person_id   text not null,
    by          text not null,
    reason      text not null
);

grant select, insert on review_cycle_added to pledges;
grant insert on review_cycle to pledges;
"""


def upgrade() -> None:
    script(CYCLES)
