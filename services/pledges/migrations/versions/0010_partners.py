"""Partners' answers, corrections, evidence that staff check, and pledges that were filed in another's name."""

from shared.migrate import script

revision = "0010"
down_revision = "0009"

PARTNERS = """
-- what each partner says now of the pledge (number 0) or of a report, or that its answer is awaited
create table sign_off (
    pledge_id uuid not null references pledge,
    number    integer not null,
    entity_id text not null references entity,
    version   integer not null,
    answer    text not null check (answer in ('awaited', 'signed_off', 'dissented')),
    reason    text not null,
    at        timestamptz,
    primary key (pledge_id, number, entity_id)
);
create index sign_off_awaited on sign_off (entity_id, pledge_id desc, number desc) where answer = 'awaited';

-- append only: every answer, by whom
create table sign_off_history (
    step_id     bigint generated always as identity primary key,
    pledge_id   uuid not null references pledge,
    number      integer not null,
    entity_id   text not null references entity,
    version     integer not null,
    answer      text not null check (answer in ('signed_off', 'dissented')),
    reason      text not null,
    person_id   text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null
);
create index sign_off_history_of on sign_off_history (pledge_id, step_id);

-- a report is corrected once: what is wrong with the correction is corrected there
alter table progress_update add corrects integer, add asked boolean not null default false;
create unique index progress_update_corrects on progress_update (pledge_id, corrects) where corrects is not null;
create index progress_update_asked on progress_update (pledge_id, number) where asked;

-- append only: what staff found of a report's evidence; the last answer holds
create table evidence_check (
    step_id     bigint generated always as identity primary key,
    pledge_id   uuid not null,
    number      integer not null,
    answer      text not null check (answer in ('confirmed', 'declined')),
    reason      text not null,
    person_id   text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    foreign key (pledge_id, number) references progress_update
);
create index evidence_check_of on evidence_check (pledge_id, number, step_id);

-- who filed it in the entity's name, and what the entity says of that
alter table pledge add proxy_entity_id text references entity,
    add proxy_answer text check (proxy_answer in ('asked', 'accepted', 'refused')),
    add check ((proxy_entity_id is null) = (proxy_answer is null));
create index pledge_by_proxy on pledge (proxy_entity_id, pledge_id desc) where proxy_entity_id is not null;

alter table public_history drop constraint public_history_action_check, add constraint public_history_action_check
    check (action in ('published', 'amended', 'reported', 'closed', 'merged', 'unmerged', 'signed_off', 'confirmed'));

grant select, insert, update, delete on sign_off to pledges;
grant select, insert on sign_off_history, evidence_check to pledges;
"""


def upgrade() -> None:
    script(PARTNERS)
