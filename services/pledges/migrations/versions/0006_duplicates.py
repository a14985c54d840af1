"""Keys by which possible duplicates are found; pledges that were merged into others, and leave the counts."""

from shared.migrate import script

revision = "0006"
down_revision = "0005"

DUPLICATES = """
-- found again by what is alike (duplicates/keys.py), the newest first; what is unpublished has a table of its own
create table pledge_key (
    key       bigint not null,
    pledge_id uuid not null references public_pledge,
    primary key (key, pledge_id)
);
create table draft_key (
    key       bigint not null,
    pledge_id uuid not null references pledge,
    primary key (key, pledge_id)
);

-- which pledge was merged into which; undone ones stay
create table pledge_merge (
    merge_id  uuid primary key,
    pledge_id uuid not null references public_pledge,
    into_id   uuid not null references public_pledge check (into_id <> pledge_id),
    state     text not null check (state in ('draft', 'submitted', 'changes_requested', 'published')),
    merged_at timestamptz not null,
    undone_at timestamptz
);
create unique index pledge_merge_standing on pledge_merge (pledge_id) where undone_at is null;
create index pledge_merge_into on pledge_merge (into_id) where undone_at is null;

alter table public_pledge add column merged boolean not null default false;
drop index public_pledge_of_cycle;
create index public_pledge_of_cycle on public_pledge (review_cycle, first_published_at desc, pledge_id desc)
    include (last_reported_at, closed_reason, merged);
alter table public_history drop constraint public_history_action_check, add constraint public_history_action_check
    check (action in ('published', 'amended', 'reported', 'closed', 'merged', 'unmerged'));

grant select, insert, delete on pledge_key, draft_key to pledges;
grant select, insert, update on pledge_merge to pledges;
"""


def upgrade() -> None:
    script(DUPLICATES)
