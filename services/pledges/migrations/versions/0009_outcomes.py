"""Outcomes of milestones, and who presents a pledge at one."""

from shared.migrate import script

revision = "0009"
down_revision = "0008"

OUTCOMES = """
alter table milestone add column outcome jsonb;

-- append only: all versions of what came out of a milestone
create table milestone_outcome (
    code     text not null references milestone,
    version  integer not null,
    document jsonb not null,
    primary key (code, version)
);

create table presentation (
    number          bigint generated always as identity primary key,
    presentation_id uuid not null unique,
    milestone       text not null references milestone,
    pledge_id       uuid not null references public_pledge,
    entity_id       text not null references entity,
    language        text not null,
    state           text not null check (state in ('asked', 'granted', 'withdrawn')),
    asked_at        timestamptz not null,
    changed_at      timestamptz not null,
    revision        integer not null
);
create unique index presentation_once on presentation (milestone, pledge_id) where state <> 'withdrawn';
create index presentation_at on presentation (milestone, number);
create index presentation_of_entity on presentation (entity_id, number);

-- append only: who asked, granted and withdrew
create table presentation_history (
    presentation_id uuid not null references presentation (presentation_id),
    revision        integer not null,
    state           text not null,
    at              timestamptz not null,
    recorded_at     timestamptz not null,
    person_id       text not null,
    by              text not null,
    primary key (presentation_id, revision)
);

grant select, insert on milestone_outcome, presentation_history to pledges;
grant select, insert, update on presentation to pledges;
"""


def upgrade() -> None:
    script(OUTCOMES)
