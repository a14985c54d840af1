"""The parts that other tests stand on."""

import asyncio
import os
import signal

import asyncpg
import pytest

from deploy.local.postgres import STILL_HELD
from shared.messaging.kafka import Topic, apply_topics
from tests.support.parts import PASSWORD, Kafka, LocalPostgres, Postgres


async def test_no_role_can_connect_to_anothers_database(postgres: Postgres) -> None:
    pledges = await postgres.database("pledges")
    notifications = await postgres.database("notifications")
    for role in ("notifications", "notifications_owner"):
        for database in (pledges.name, "postgres", "template1"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(postgres.url(database, role, PASSWORD))
    own = await asyncpg.connect(notifications.app_url)
    await own.close()


async def test_the_application_may_not_change_the_schema(postgres: Postgres) -> None:
    urls = await postgres.database("pledges")
    connection = await asyncpg.connect(urls.app_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table mine (id int)")
    finally:
        await connection.close()


async def test_postgres_keeps_what_was_committed_before_a_kill(postgres: Postgres) -> None:
    urls = await postgres.database("pledges")
    connection = await asyncpg.connect(urls.owner_url)
    await connection.execute("create table kept as select 1 as one")
    await connection.close()
    await asyncio.to_thread(postgres.kill)
    await asyncio.to_thread(postgres.start)
    again = await asyncpg.connect(urls.owner_url)
    try:
        assert await again.fetchval("select one from kept") == 1
    finally:
        await again.close()


async def test_postgres_waits_for_the_sessions_of_one_that_was_killed(postgres: Postgres) -> None:
    if not isinstance(postgres, LocalPostgres):
        pytest.skip("a container ends with all its processes")
    connection = await asyncpg.connect(postgres.url())
    session = await connection.fetchval("select pg_backend_pid()")
    os.kill(session, signal.SIGSTOP)  # it does not see that its server has gone
    await asyncio.to_thread(postgres.kill)
    starting = asyncio.create_task(asyncio.to_thread(postgres.start))
    try:
        while not (postgres.child and STILL_HELD in postgres.child.said()):
            assert not starting.done()
            await asyncio.sleep(0.01)
    finally:
        os.kill(session, signal.SIGKILL)
        connection.terminate()
    await starting
    await (await asyncpg.connect(postgres.url())).close()


async def test_kafka_knows_its_topics_after_a_stop(kafka: Kafka) -> None:
    await apply_topics(kafka.bootstrap, [Topic("parts.test", 2)])
    await asyncio.to_thread(kafka.stop)
    await asyncio.to_thread(kafka.start)
    await apply_topics(kafka.bootstrap, [Topic("parts.test", 2)])
