"""The importer is killed with SIGKILL in the middle of a check and of an import; another process goes on."""

from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.child import Child
from deploy.local.ports import choose
from tests.bench.stand import identity_provider
from tests.faults.service import Pledges
from tests.faults.test_uploads import AMINA, Uploads
from tests.messaging.stage import eventually

ROWS = 3000
COLUMNS = "title,description,objectives,forms,period.end"
SAID = "Veridia will issue identity documents at twelve consular posts."
FILE = "\n".join([COLUMNS, *(f"Pledge {row},{SAID},objective-4,process,2026" for row in range(ROWS))]).encode()


class Imports(Uploads):
    """One import of Veridia's, and whichever process works on it now."""

    async def ordered(self) -> None:
        """Sent, and its check asked for."""
        wish = {"name": "pledges.csv", "size": len(FILE), "entity_id": "veridia", "submit": True}
        self.path = f"/imports/{(await self._made('/imports', AMINA, wish))['import_id']}"
        part = await self.http.put(self.address(f"{self.path}/parts/1"), content=FILE, headers=AMINA)
        assert part.is_success, part.text
        await self._made(f"{self.path}/check", AMINA, {})

    def importer(self) -> Child:
        return self.pledges.start("importer", GCM_HEALTH_PORT=str(choose(1)[0]))

    async def at(self, column: str) -> int:
        return int(str(await self.pledges.value(f"select {column} from import_job")))  # noqa: S608 - our own names

    async def killed_in_the_middle(self, column: str) -> None:
        """A process begins, and is killed when it has got somewhere; its lease is over."""
        child = self.importer()
        await eventually(lambda: self._begun(column), within=60)
        child.kill()
        assert 0 < await self.at(column) < ROWS
        await self.pledges.value("update import_job set lease_until = '2000-01-01'")

    async def _begun(self, column: str) -> bool:
        return await self.at(column) > 0

    async def until(self, state: str) -> None:
        async def reached() -> bool:
            return await self.pledges.value("select state from import_job") == state

        await eventually(reached, within=120)


@pytest.fixture
async def imports(pledges: Pledges) -> AsyncIterator[Imports]:
    with identity_provider() as keys:
        async with httpx.AsyncClient(timeout=30) as http:
            imports = Imports(pledges, keys, http)
            await imports.start()
            await imports.draft()
            yield imports


async def test_killed_while_it_checks_and_while_it_makes_each_row_is_made_once(imports: Imports) -> None:
    await imports.ordered()
    await imports.killed_in_the_middle("rows")
    going_on = imports.importer()
    await imports.until("checked")
    going_on.stop()
    assert (await imports.at("rows"), await imports.at("good"), await imports.at("bad")) == (ROWS, ROWS, 0)

    await imports._made(f"{imports.path}/run", AMINA, {})  # noqa: SLF001 - of the same helper
    await imports.killed_in_the_middle("made")
    imports.importer()
    await imports.until("done")
    assert (await imports.at("made"), await imports.at("good"), await imports.at("bad")) == (ROWS, 0, 0)
    value = imports.pledges.value
    assert await value("select count(*) from pledge where state = 'submitted'") == ROWS
    assert await value("select count(distinct title) from pledge where state = 'submitted'") == ROWS
    assert await value("select count(*) from outbox where type = 'pledge.submitted.v1'") == ROWS
    assert await value("select count(*) from imported join pledge using (pledge_id)") == ROWS
