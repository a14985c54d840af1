"""A database for each test, as migrated. A copy takes 0.4 s, so it is put back in order and used again."""

import asyncio
import importlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.support.parts import Postgres, Urls

# As superuser; the services' roles do not see this schema.
KEEP = """
create schema before_test;
do $$
declare name text;
begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
        execute format('create table before_test.%1$I as table public.%1$I', name);
    end loop;
end $$;
create function before_test.shape() returns text language sql as $$
    select md5(string_agg(part, ' ' order by part)) from (
        select concat(attrelid::regclass, attname, atttypid, attnotnull) from pg_attribute
            join pg_class on attrelid = pg_class.oid where relnamespace = 'public'::regnamespace and attnum > 0
        union all select concat(tgrelid::regclass, tgname, tgenabled) from pg_trigger where not tgisinternal
        union all select concat(conrelid::regclass, conname) from pg_constraint
        union all select concat(proname, md5(prosrc)) from pg_proc where pronamespace = 'public'::regnamespace
        union all select concat(oid::regclass, relkind, relacl) from pg_class
            where relnamespace = 'public'::regnamespace
    ) as parts (part)
$$;
create table before_test.shape as select before_test.shape() as value;
create function before_test.restore() returns boolean language plpgsql as $$
declare kept record;
begin
    if before_test.shape() <> (select value from before_test.shape) then
        return false;
    end if;
    set local session_replication_role = replica;  -- foreign keys hold again at the end
    for kept in
        select relname, string_agg(quote_ident(attname), ', ') as columns
        from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0
            and not attisdropped and attgenerated = ''
        group by relname
    loop
        execute format('delete from public.%I', kept.relname);
        execute format('insert into public.%1$I (%2$s) overriding system value select %2$s from before_test.%1$I',
            kept.relname, kept.columns);
    end loop;
    return true;
end $$;
"""
END_SESSIONS = """
select pg_terminate_backend(pid, 2000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


class Databases:
    """The services' databases for tests; roles and their rights are as in production."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._templates: dict[str, str] = {}
        self._free: defaultdict[str, list[Urls]] = defaultdict(list)
        self._lock = asyncio.Lock()  # PostgreSQL copies a template for one session at a time

    @asynccontextmanager
    async def of(self, service: str) -> AsyncIterator[Urls]:
        """A migrated database of the service that nobody else uses. Sessions left at the end are terminated.

        A test may also change the schema: then the database is not used again.
        """
        urls = self._free[service].pop() if self._free[service] else await self._new(service)
        yield urls
        if await self._restored(urls.name):
            self._free[service].append(urls)
        else:
            async with self._superuser("postgres") as connection:
                await connection.execute(f'drop database "{urls.name}" with (force)')

    async def _restored(self, name: str) -> bool:
        async with self._superuser(name) as connection:
            await connection.execute(END_SESSIONS)
            return bool(await connection.fetchval("select before_test.restore()"))

    async def _new(self, service: str) -> Urls:
        async with self._lock:
            if service not in self._templates:
                self._templates[service] = await self._template(service)
            return await self._postgres.database(service, template=self._templates[service])

    async def _template(self, service: str) -> str:
        urls = await self._postgres.database(service)
        migrate = importlib.import_module(f"services.{service}.__main__").migrate
        await asyncio.to_thread(migrate, urls.owner_url)
        async with self._superuser(urls.name) as connection:
            # a test sees in the outbox what it caused, not what the reference data did
            await connection.execute("update outbox set published_at = created_at")
            await connection.execute(KEEP)
        return urls.name

    @asynccontextmanager
    async def _superuser(self, database: str) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(self._postgres.url(database))
        try:
            yield connection
        finally:
            await connection.close()
