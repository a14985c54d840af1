"""The desk: cases with what was done with them, officers, queues, presence, replies, merges, words; work items."""

from shared.migrate import script
from shared.searching import ddl

revision = "0006"
down_revision = "0005"

TRIAGE = """
create table triage_case (
    case_id         uuid primary key,
    kind            text not null check (kind in ('request', 'contact_lost', 'dead_letter', 'lead_left')),
    stage           text not null,
    is_open         boolean not null,
    entity_id       text,
    pledge_id       uuid,
    region          text,
    type            text,
    language        text,
    objectives      text[] not null default '{}',
    officer         text,
    priority        smallint not null default 3 check (priority between 1 and 4),
    priority_reason text,
    due_at          timestamptz not null default '9999-12-31 00:00:00+00',
    clock           text,
    revision        integer not null default 1,
    opened_at       timestamptz not null,
    changed_at      timestamptz not null
) with (fillfactor = 80);
-- the orders of the queues, each with all that narrows them: a page walks one of these and nothing else, however few
-- of the cases in between are wanted
create index triage_case_due on triage_case (due_at, case_id)
    include (kind, stage, region, type, language, entity_id, officer, priority) where is_open;
create index triage_case_priority on triage_case (priority, due_at, case_id)
    include (kind, stage, region, type, language, entity_id, officer) where is_open;
create index triage_case_newest on triage_case (case_id)
    include (kind, stage, region, type, language, entity_id, officer, priority, due_at) where is_open;
create index triage_case_over on triage_case (case_id)
    include (kind, stage, region, type, language, entity_id, officer, priority, due_at) where not is_open;
create index triage_case_of_officer on triage_case (officer, due_at, case_id) where is_open;
create index triage_case_unassigned on triage_case (region, due_at, case_id) where is_open and officer is null;
create index triage_case_of_item on triage_case (kind, due_at, case_id) where is_open and kind <> 'request';
-- what narrows any others; two of these together are few cases, or many that any order finds at once
create index triage_case_in_stage on triage_case (stage, case_id);
create index triage_case_in_region on triage_case (region, case_id);
create index triage_case_in_language on triage_case (language, case_id);
create index triage_case_of_type on triage_case (type, case_id);
create index triage_case_of_entity on triage_case (entity_id, case_id);
create index triage_case_for_objectives on triage_case using gin (objectives);
create index triage_case_for_pledge on triage_case (pledge_id);
-- what never stands together must not be expected as often as chance would have it
create statistics triage_case_together (mcv) on is_open, stage, region, language, type, priority from triage_case;
alter statistics triage_case_together set statistics 1000;

create table triage_history (
    case_id     uuid not null references triage_case,
    revision    integer not null,
    act         text not null,
    officer     text,
    priority    smallint not null,
    reason      text,
    facts       jsonb not null default '{}',
    by          text not null,
    person      text,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    primary key (case_id, revision)
);

create table officer (
    person_id    text primary key,
    duty_station text,
    regions      text[] not null default '{}',
    languages    text[] not null default '{}',
    objectives   text[] not null default '{}',
    away         boolean not null default false,
    revision     integer not null default 1,
    given_at     timestamptz
);

create table saved_queue (
    queue_id  uuid primary key,
    person_id text not null,
    name      text not null,
    filters   jsonb not null,
    "order"   text not null,
    revision  integer not null default 1,
    unique (person_id, name)
);

create table case_presence (
    case_id   uuid not null,
    person_id text not null,
    since     timestamptz not null,
    until     timestamptz not null,
    primary key (case_id, person_id)
);
"""

ANSWERING = """
create table saved_reply (
    reply_id uuid primary key,
    name     text not null unique,
    texts    jsonb not null,
    retired  boolean not null default false,
    revision integer not null default 1
);

create table request_merge (
    merge_id   uuid primary key,
    request_id uuid not null references support_request,
    into_id    uuid not null references support_request,
    state      text not null,
    reason     text not null,
    merged_at  timestamptz not null,
    undone_at  timestamptz,
    check (request_id <> into_id)
);
create unique index request_merge_present on request_merge (request_id) where undone_at is null;
create index request_merge_into on request_merge (into_id) where undone_at is null;
"""

SEARCH = """
create table case_words (
    case_id uuid primary key,
    words   text[] not null
);
create index case_words_each on case_words using gin (words);
"""

WORK_ITEMS = """
create table work_item (
    item_id   uuid primary key,
    kind      text not null,
    entity_id text,
    facts     jsonb not null,
    raised_at timestamptz not null
);

-- a cause makes an item, or joins one that is open, once and for ever
create table work_item_cause (
    kind    text not null,
    cause   text not null,
    item_id uuid not null references work_item,
    facts   jsonb not null,
    at      timestamptz not null,
    primary key (kind, cause)
);
create index work_item_cause_of_item on work_item_cause (item_id);
"""

# the cases of the requests that there are; triage.filling brings what their entities and pledges say
CASES = """
insert into triage_case (case_id, kind, stage, is_open, entity_id, pledge_id, type, language, opened_at, changed_at)
select request_id, 'request', state, state <> 'withdrawn', entity_id, pledge_id, type, language, created_at, changed_at
from support_request where state in ('submitted', 'acknowledged') or (state = 'withdrawn' and sequence > 0);
"""

GRANTS = """
grant select, insert, update on triage_case, saved_reply, request_merge, case_words to network_support;
grant select, insert on work_item to network_support;
grant select, insert on triage_history, work_item_cause to network_support;
grant select, insert, update, delete on officer, saved_queue, case_presence to network_support;
"""


def upgrade() -> None:
    script(ddl.V1 + TRIAGE + ANSWERING + SEARCH + WORK_ITEMS + CASES + GRANTS)
