"""The search: documents of public pledges, bits of their codes, and dictionaries of the languages with stems.

The documents themselves are made by services.pledges.search.index.catch_up, which every run of `migrate` calls.
"""

from shared.migrate import script
from shared.searching import ddl

revision = "0011"
down_revision = "0010"

SEARCH = """
create table search_document (
    ordinal   integer generated always as identity (minvalue 0) primary key,
    pledge_id uuid not null unique references public_pledge,
    item      text not null,
    codes     text[] not null,
    rules     integer not null
) with (fillfactor = 80);

-- the size is services.pledges.search.models.SIZE: two rows fill a page. Sparse bits are packed, in their row
create table search_bits (
    code  text not null,
    chunk integer not null,
    bits  bit(32000) not null,
    primary key (code, chunk)
) with (fillfactor = 100);
alter table search_bits alter column bits set storage main;

create table search_change (
    change_id bigint generated always as identity primary key,
    ordinal   integer not null,
    added     text[] not null,
    removed   text[] not null
);

grant select, insert, update on search_document, search_bits to pledges;
grant select, insert, delete on search_change to pledges;

drop table pledge_facet;
drop index public_pledge_newest;
drop index public_pledge_of_kind;
drop index public_pledge_of_state;
"""


def upgrade() -> None:
    script(ddl.V1 + SEARCH)
