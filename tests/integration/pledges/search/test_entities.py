"""What changes of an entity, in the index of its pledges."""

import asyncio
from typing import Literal

from services.pledges.search import index
from tests.integration.pledges.conftest import Desk
from tests.integration.pledges.search.conftest import fold
from tests.support.entities import ADMIN, VERIDIA, made


class UntilThePause(asyncio.Event):
    """Stops a worker when it has nothing to do."""

    async def wait(self) -> Literal[True]:
        self.set()
        return True


async def test_an_entity_of_another_kind_is_found_under_it_whatever_happens_then(desk: Desk) -> None:
    pledge_id = await desk.published()
    await fold(desk)
    body = {name: value for name, value in VERIDIA.items() if name != "entity_id"}
    body["kind"] = "international_organization"
    await made(desk.put("/entities/veridia", body, ADMIN, '"1"'))
    for _ in range(2):
        await fold(desk)
        for kind, number in (("member_state", 0), ("international_organization", 1)):
            assert len((await made(desk.get(f"/pledges?entity_kind={kind}")))["items"]) == number
        found = await made(desk.get("/pledges/facets?of=entity_kind"))
        counts = {one["code"]: one["count"] for one in found["facets"]["entity_kind"]}
        assert (counts["international_organization"], counts.get("member_state", 0)) == (1, 0)
        # writes its document anew, from a record that has the kind of before
        await made(desk.post(f"/pledges/{pledge_id}/updates", {"status": "in_progress"}))


async def test_a_worker_folds_what_one_change_of_many_pledges_left(desk: Desk) -> None:
    await desk.published()
    many = "insert into search_change (ordinal, added, removed) select 1, '{a}', '{}' from generate_series(1, 1200)"
    await desk.service.rows(f"{many} returning 1")
    await index.keep(desk.service.database, UntilThePause())
    [left] = await desk.service.rows("select count(*) as n from search_change")
    assert left["n"] <= index.FOLD_EVERY
    [bits] = await desk.service.rows("select bit_count(bits) as n from search_bits where code = 'a'")
    assert bits["n"] == 1


async def test_few_changes_wait(desk: Desk) -> None:
    await desk.published()
    waiting = await desk.service.rows("select * from search_change")
    await index.keep(desk.service.database, UntilThePause())
    assert await desk.service.rows("select * from search_change") == waiting != []
