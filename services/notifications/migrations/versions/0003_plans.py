"""Partners and delegates are reminded too; contacts that are lost; what the plan looks for by page."""

from shared.migrate import script

revision = "0003"
down_revision = "0002"

INVITED = """
alter table known_pledge add column partner_ids text[] not null default '{}';
create index known_pledge_of_entity on known_pledge (entity_id, review_cycle);
alter table reminder_delivery
    add column entity_id text,
    add column role text check (role in ('focal_point', 'delegate'));
"""

LOST = """
create table contact_lost (
    entity_id  text not null,
    milestone  text not null,
    reason     text not null check (reason in ('nobody_reachable', 'no_reaction')),
    created_at timestamptz not null,
    primary key (entity_id, milestone)
);
grant select, insert on contact_lost to notifications;
"""

PAGES = """
create index reminder_revivable on reminder (milestone, due_on)
    where state = 'skipped' and reason in ('moved', 'closed');
create index delivery_unreleased on delivery (id) where state = 'queued' and next_try_at is null;
"""


def upgrade() -> None:
    script(INVITED + LOST + PAGES)
