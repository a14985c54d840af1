"""Erasures of people: asked for, and done by which service."""

from shared.migrate import script

revision = "0012"
down_revision = "0011"

ERASURES = """
-- append only, both
create table erasure (
    erasure_id uuid primary key,
    person_id  text not null,
    by         text not null check (by in ('person', 'administrator')),
    at         timestamptz not null
);
create index erasure_of on erasure (person_id, erasure_id);

create table erasure_done (
    erasure_id uuid not null references erasure,
    service    text not null,
    at         timestamptz not null,
    primary key (erasure_id, service)
);

create index handover_of_former on handover (former);
create index handover_of_successor on handover (successor);
create index invitation_by on invitation (invited_by);

grant select, insert on erasure, erasure_done to pledges;
grant delete on person, membership to pledges;
"""


def upgrade() -> None:
    script(ERASURES)
