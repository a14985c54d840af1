"""A process of the service is killed with SIGKILL while a file comes in, and started again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.local.child import Child
from deploy.local.ports import choose
from services.pledges.registry.content import EXAMPLE
from shared.clock import Clock
from shared.db import Database
from shared.files.loose import LOOSE_FOR
from shared.files.store import Store
from shared.files.sweeping import sweep
from tests.bench.stand import identity_provider, wait_for
from tests.faults.service import Pledges
from tests.messaging.stage import eventually
from tests.support.api import once
from tests.support.entities import ADMIN, VERIDIA, made
from tests.support.files import PDF
from tests.support.tokens import ISSUER, bearer

AMINA = bearer("amina")
KILLS = 4


class Later(Clock):
    """By so much than it is."""

    def __init__(self, by: timedelta) -> None:
        super().__init__()
        self._by = by

    def system(self) -> datetime:
        return super().system() + self._by


@dataclass
class Uploads:
    """To one draft of Veridia, at whichever process of the service runs now."""

    pledges: Pledges
    keys: str  # the address of the provider's
    http: httpx.AsyncClient
    port: int = field(default_factory=lambda: choose(1)[0])
    path: str = ""

    async def start(self) -> None:
        more = {"GCM_OIDC_ISSUER": ISSUER, "GCM_OIDC_JWKS_URL": self.keys, "GCM_HTTP_PORT": str(self.port)}
        seals = "local-tests-seal-no-real-link-here"
        self.child: Child = self.pledges.start("api", GCM_LINK_KEYS=seals, **more)
        await asyncio.to_thread(wait_for, self.child, self.port)

    async def draft(self) -> None:
        """The one that takes the files."""
        await self._made("/entities", ADMIN, VERIDIA)
        await self._made("/entities/veridia/memberships", ADMIN, {"person_id": "amina", "role": "focal_point"})
        draft = await self._made("/pledges", AMINA, EXAMPLE | {"entity_id": "veridia"})
        self.path = f"/pledges/{draft['pledge_id']}/attachments"

    async def _made(self, path: str, who: dict[str, str], body: object) -> dict[str, str]:
        return await made(self.http.post(self.address(path), json=body, headers=once(who)))

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def send(self, key: str) -> httpx.Response:
        headers = AMINA | {"Idempotency-Key": key, "Content-Disposition": 'attachment; filename="plan.pdf"'}
        return await self.http.post(self.address(self.path), content=PDF, headers=headers)

    async def sent(self, key: str) -> str:
        """The id of the file, sent again until somebody has taken it."""

        async def taken() -> str:
            try:
                answer = await self.send(key)
            except httpx.TransportError:
                return ""
            assert answer.status_code in {201, 503}, answer.text
            return str(answer.json()["attachment_id"]) if answer.is_success else ""

        return str(await eventually(taken, within=60))

    @asynccontextmanager
    async def held(self, table: str) -> AsyncIterator[None]:
        """Whoever writes to the table waits; reading goes on."""
        connection = await asyncpg.connect(self.pledges.urls.owner_url)
        try:
            await connection.execute(f"begin; lock table {table} in exclusive mode")
            yield
        finally:
            await connection.close()

    async def waits(self, table: str) -> bool:
        """Does somebody wait to write to it?"""
        query = f"select count(*) from pg_locks where not granted and relation = '{table}'::regclass"  # noqa: S608
        return bool(await self.pledges.value(query))

    async def gone(self) -> bool:
        """Has the database noticed that nobody is there any more, and rolled back?"""
        query = "select count(*) from pg_stat_activity where usename = 'pledges' and datname = current_database()"
        return await self.pledges.value(query) == 0

    def stored(self) -> set[str]:
        """The objects in the store; what is still being written is none."""
        folder = self.pledges.folder / "attachments"
        return {file.name for file in folder.iterdir() if "#" not in file.name}

    async def rows(self) -> list[str]:
        """The objects that the files' rows name, one a row."""
        found = await self.pledges.value("select coalesce(array_agg(object), '{}') from attachment")
        assert isinstance(found, list)
        return found

    async def sweep(self, after: timedelta = timedelta()) -> int:
        """How many objects are dropped when it is that much later."""
        database = Database(self.pledges.urls.app_url, application="test", pool=1)
        try:
            store = Store((self.pledges.folder / "attachments").as_uri())
            return await sweep(database, store, Later(after))
        finally:
            await database.close()


@pytest.fixture
async def uploads(pledges: Pledges) -> AsyncIterator[Uploads]:
    with identity_provider() as keys:
        async with httpx.AsyncClient(timeout=30) as http:
            uploads = Uploads(pledges, keys, http)
            await uploads.start()
            await uploads.draft()
            yield uploads


@pytest.mark.parametrize(
    ("waits_for", "orphans"),
    [("loose_object", 0), ("attachment", 1), ("idempotency", 1)],
    ids=["before the object", "before its row", "before the commit"],
)
async def test_killed_between_the_object_and_its_row_it_is_sent_again_and_is_one_file(
    uploads: Uploads, waits_for: str, orphans: int
) -> None:
    key = str(uuid4())
    async with uploads.held(waits_for):
        sending = asyncio.create_task(uploads.send(key))
        await eventually(lambda: uploads.waits(waits_for))
        assert len(uploads.stored()) == orphans
        uploads.child.kill()
    with pytest.raises(httpx.TransportError):
        await sending
    await eventually(uploads.gone)
    assert (await uploads.rows(), len(uploads.stored())) == ([], orphans)

    await uploads.start()
    first = await uploads.send(key)
    again = await uploads.send(key)
    assert (first.status_code, again.json()) == (201, first.json())
    [kept] = await uploads.rows()
    assert await uploads.sweep() == 0
    await uploads.sweep(after=LOOSE_FOR + timedelta(minutes=1))
    assert uploads.stored() == {kept}
    path = uploads.path.replace("/attachments", f"/working-copy/attachments/{first.json()['attachment_id']}")
    assert (await uploads.http.get(uploads.address(path), headers=AMINA)).content == PDF


async def test_killed_again_and_again_under_load_each_file_is_there_once_and_whole(uploads: Uploads) -> None:
    enough, files = asyncio.Event(), list[str]()
    sending = [asyncio.create_task(_send_on(uploads, files, enough)) for _ in range(3)]
    for _ in range(KILLS):
        before = len(uploads.stored())
        await eventually(lambda: _more_than(uploads, before), within=60)  # noqa: B023 - awaited before the next round
        uploads.child.kill()
        await uploads.start()
    enough.set()
    await asyncio.gather(*sending)
    rows = await uploads.rows()
    assert len(files) == len(set(files)) == len(rows) == len(set(rows))
    assert set(rows) <= uploads.stored()
    await uploads.sweep(after=LOOSE_FOR + timedelta(minutes=1))
    assert uploads.stored() == set(rows)


async def _send_on(uploads: Uploads, files: list[str], enough: asyncio.Event) -> None:
    while not enough.is_set():
        files.append(await uploads.sent(str(uuid4())))
        await asyncio.sleep(0.05)  # its pace: a pledge takes fifty files


async def _more_than(uploads: Uploads, number: int) -> bool:
    return len(uploads.stored()) > number
