"""The program as it is started in production: events from a real Kafka become mails, and a killed worker's too."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
import uvicorn
from uuid_utils.compat import uuid7

from deploy.local.ports import choose
from deploy.topics import topics
from shared.clock import Clock
from shared.events.examples import EXAMPLES
from shared.messaging.kafka import apply_topics, producer
from shared.process import serve
from tests.integration.notifications.inbox import Inbox
from tests.integration.notifications.people import People, address
from tests.support.databases import Databases
from tests.support.parts import Kafka

COMMAND = (sys.executable, "-m", "services.notifications")
MAILS = [(address("amina"), "pledge_received"), (address("bao"), "pledge_received")]
STEP = "pledge.submitted.v1"


@dataclass
class Site:
    """Everything around the worker."""

    environment: dict[str, str]
    inbox: Inbox
    database_url: str
    kafka: Kafka

    @asynccontextmanager
    async def worker(self, *roles: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(*COMMAND, *roles, env={**os.environ, **self.environment})
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def publish(self, type_: str) -> None:
        topic, headers = "gcm.pledges.workflow", {"ce_id": str(uuid7()), "ce_type": type_, "ce_source": "pledges"}
        headers["ce_time"] = Clock().system().isoformat()
        sending = producer(self.kafka.bootstrap)
        await sending.start()
        try:
            encoded = [(name, value.encode()) for name, value in headers.items()]
            value = EXAMPLES[type_].model_dump_json().encode()
            await sending.send_and_wait(topic, value, key=b"pledge", headers=encoded)
        finally:
            await sending.stop()

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.database_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def web(people: People) -> Callable[..., Any]:
    """The made-up pledges service and identity provider over HTTP."""

    async def app(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[dict[str, Any]], Any]) -> None:
        body = (await receive())["body"]
        answer = await people(httpx.Request("POST", "http://test" + scope["path"], content=body))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})

    return app


@asynccontextmanager
async def served(people: People, port: int) -> AsyncIterator[None]:
    stop = asyncio.Event()
    config = uvicorn.Config(web(people), host="127.0.0.1", port=port, log_config=None, lifespan="off")
    serving = asyncio.create_task(serve(config, stop))
    try:
        yield
    finally:
        stop.set()
        await serving


@pytest.fixture
async def site(databases: Databases, kafka: Kafka) -> AsyncIterator[Site]:
    people, inbox, [port] = People(desk=[]), Inbox(), choose(1)
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(databases.of("notifications"))
        await stack.enter_async_context(served(people, port))
        await inbox.start()
        stack.push_async_callback(inbox.stop)
        await apply_topics(kafka.bootstrap, topics())
        environment = {
            "GCM_ENVIRONMENT": "test",
            "GCM_DATABASE_URL": urls.app_url,
            "GCM_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "GCM_OIDC_ISSUER": f"http://127.0.0.1:{port}",
            "GCM_PLEDGES_URL": f"http://127.0.0.1:{port}",
            "GCM_SMTP_PORT": str(inbox.port),
        }
        yield Site(environment, inbox, urls.owner_url, kafka)


async def eventually(look: Callable[[], bool], within: float = 30) -> None:
    async with asyncio.timeout(within):
        while not look():  # noqa: ASYNC110 - another process, which rings no bell
            await asyncio.sleep(0.05)


async def test_a_worker_killed_in_the_middle_of_a_mail_leaves_none_unsent(site: Site) -> None:
    under_way, never = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        under_way.set()
        await never.wait()

    site.inbox.before_data = hold
    async with site.worker("consumer", "sender", "scheduler"):
        await site.publish(STEP)
        await asyncio.wait_for(under_way.wait(), 30)
    site.inbox.before_data = None
    await site.execute("update delivery set lease_until = created_at where state = 'sending'")
    async with site.worker("consumer", "sender", "scheduler") as worker:
        await eventually(lambda: len(site.inbox.mails) >= 2)
        worker.terminate()
        assert await asyncio.wait_for(worker.wait(), 20) == 0
    assert site.inbox.sent() == MAILS


async def test_roles_in_processes_of_their_own(site: Site) -> None:
    async with site.worker("consumer"), site.worker("sender") as sender:
        await site.publish(STEP)
        await eventually(lambda: len(site.inbox.mails) >= 2)
        sender.terminate()
        assert await asyncio.wait_for(sender.wait(), 20) == 0
    assert site.inbox.sent() == MAILS


@pytest.mark.parametrize("roles", [[], ["conductor"], ["migrate", "sender"]])
async def test_a_wrong_role_is_told_the_right_ones(roles: list[str]) -> None:
    environment = {"GCM_ENVIRONMENT": "test"}
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *roles, stderr=asyncio.subprocess.PIPE, env={**os.environ, **environment}
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith("usage: python -m services.notifications")
