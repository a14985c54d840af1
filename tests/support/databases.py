"""A database for each test, as migrated. A copy takes 0.4 s, so it is put back in order and used again."""

import asyncio
import importlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
create function before_test.restore() returns void language plpgsql as $$
declare kept record;
begin
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
end $$;
"""
RESTORE = """
select pg_terminate_backend(pid, 2000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid();
select before_test.restore();
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
        """A migrated database of the service that nobody else uses. Sessions left at the end are terminated."""
        urls = self._free[service].pop() if self._free[service] else await self._new(service)
        yield urls
        await self._as_superuser(urls.name, RESTORE)
        self._free[service].append(urls)

    async def _new(self, service: str) -> Urls:
        async with self._lock:
            if service not in self._templates:
                self._templates[service] = await self._template(service)
            return await self._postgres.database(service, template=self._templates[service])

    async def _template(self, service: str) -> str:
        urls = await self._postgres.database(service)
        migrate = importlib.import_module(f"services.{service}.__main__").migrate
        await asyncio.to_thread(migrate, urls.owner_url)
        # a test sees in the outbox what it caused, not what the reference data did
        await self._as_superuser(urls.name, "update outbox set published_at = created_at")
        await self._as_superuser(urls.name, KEEP)
        return urls.name

    async def _as_superuser(self, database: str, statements: str) -> None:
        connection = await asyncpg.connect(self._postgres.url(database))
        try:
            await connection.execute(statements)
        finally:
            await connection.close()
