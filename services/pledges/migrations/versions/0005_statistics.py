"""Statistics: counts of public pledges by any two dimensions, kept by deltas."""

from shared.migrate import script

revision = "0005"
down_revision = "0004"

STATISTICS = """
-- what a pledge counted under before a change and after it; gone when it is counted
create table statistics_delta (
    delta_id bigint generated always as identity primary key,
    before   text[] not null,
    after    text[] not null
);

create table statistics_cell (
    first   text not null,
    second  text not null,
    a       text not null,
    b       text not null,
    pledges bigint not null,
    primary key (first, second, a, b)
) with (fillfactor = 70);

create table statistics_state (
    single boolean primary key check (single),
    folded bigint not null,
    shape  integer not null
);
insert into statistics_state values (true, 0, 0);

-- whether a pledge of this cycle was reported on since it opened (¶77)
create function statistics_review(made_in text, heard timestamptz) returns text[] language sql stable as $$
    select coalesce(
        array_agg('review:' || code || case when heard >= opens_at then '.reported' else '.silent' end), '{}')
    from review_cycle where code = made_in
$$;

-- the counts of this moment by two dimensions, in their order, or by one of them twice
create function statistics_pair(one text, other text) returns table (a text, b text, pledges bigint)
language sql stable as $$
    select found.a, found.b, sum(found.number)::bigint
    from (
        select cell.a, cell.b, cell.pledges as number
        from statistics_cell cell
        where cell.first = one and cell.second = other
        union all
        select substr(x.fact, length(one) + 2), substr(y.fact, length(other) + 2), changed.sign
        from (
            select after as facts, 1 as sign from statistics_delta
            union all
            select before, -1 from statistics_delta
        ) changed, unnest(changed.facts) x(fact), unnest(changed.facts) y(fact)
        where starts_with(x.fact, one || ':') and starts_with(y.fact, other || ':')
          and (one <> other or x.fact = y.fact)
    ) found
    group by found.a, found.b
    having sum(found.number) <> 0
$$;

-- kinds, regions and groups of entities, as of a day
create function statistics_of_entity(dimension text, day date) returns table (entity_id text, code text)
language sql stable as $$
    select entity.entity_id, entity.kind from entity where dimension = 'entity_kind'
    union all
    select distinct g.entity_id, g.code from entity_group g
    where dimension in ('region', 'group') and starts_with(g.code, 'region_') = (dimension = 'region')
      and (g.since is null or g.since <= day) and (g.until is null or day < g.until)
$$;

grant select, insert, delete on statistics_delta to pledges;
grant select, insert, update, delete on statistics_cell to pledges;
grant select, update on statistics_state to pledges;
"""


def upgrade() -> None:
    script(STATISTICS)
