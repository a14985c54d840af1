"""Several at once on one pledge: no write is lost, and what is told of it keeps its order."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from services.pledges.registry.content import EXAMPLE
from services.pledges.registry.republish import PUBLIC_PLEDGES
from shared.messaging import outbox
from tests.integration.pledges.conftest import AMINA, Desk, revision
from tests.support.api import once
from tests.support.entities import STAFF, faults

NEW = EXAMPLE | {"entity_id": "veridia"}


async def persist(act: Callable[[str], Awaitable[httpx.Response]], desk: Desk, pledge_id: str) -> httpx.Response:
    """Reads and tries again for as long as somebody else was quicker."""
    while True:
        answer = await act(await desk.etag(pledge_id))
        if answer.status_code != 412:
            return answer


async def amend(desk: Desk, pledge_id: str, number: int) -> None:
    path, content = f"/pledges/{pledge_id}", EXAMPLE | {"title": f"Title {number}"}
    for act in (
        lambda seen: desk.put(path, content, seen=seen),
        lambda seen: desk.post(f"{path}/submit", seen=seen),
        lambda seen: desk.post(f"{path}/publish", who=STAFF, seen=seen),
    ):
        done = await persist(act, desk, pledge_id)
        assert done.status_code == 200, done.text


async def republish(desk: Desk) -> None:
    moment = desk.service.clock.moment()
    async with desk.service.database.transaction() as session:
        for made in await PUBLIC_PLEDGES.snapshots(session, None, 50, moment):
            await outbox.add(session, made.type, made.key, made.data, moment.system)


async def test_amendments_reports_and_republishing_at_once_are_told_in_order(desk: Desk) -> None:
    """All go through one lock: each record has the next sequence and keeps what the one before it said."""
    pledge_id = await desk.published()

    async def amendments() -> None:
        for number in range(2, 5):
            await amend(desk, pledge_id, number)

    async def reports() -> None:
        for _ in range(4):
            answer = await desk.post(f"/pledges/{pledge_id}/updates", {"status": "in_progress"})
            assert answer.status_code == 201, answer.text

    async def afresh() -> None:
        for _ in range(4):
            await republish(desk)

    await asyncio.gather(amendments(), reports(), reports(), afresh(), afresh())
    told = [event.data["pledge"] for event in await desk.service.outbox("gcm.pledges")]
    assert [pledge["sequence"] for pledge in told] == list(range(1, 21))
    assert [pledge["version"] for pledge in told] == sorted(pledge["version"] for pledge in told)
    assert [pledge["progress"]["reports"] for pledge in told] == sorted(
        pledge["progress"]["reports"] for pledge in told
    )
    public = (await desk.get(f"/pledges/{pledge_id}")).json()
    assert (public["version"], public["progress"]["reports"], public["sequence"]) == (4, 8, 20)
    assert {name: public[name] for name in told[-1]} == told[-1]


async def test_steps_are_told_in_the_order_of_their_revisions(desk: Desk) -> None:
    made = await desk.create()
    pledge_id = made.json()["pledge_id"]
    path = f"/pledges/{pledge_id}"
    asked = {"fields": [{"field": "title", "says": "Please shorten it."}]}

    async def exchange() -> None:
        for _ in range(3):
            await persist(lambda seen: desk.post(f"{path}/submit", seen=seen), desk, pledge_id)
            await persist(lambda seen: desk.post(f"{path}/request-changes", asked, STAFF, seen), desk, pledge_id)

    await asyncio.gather(*(exchange() for _ in range(4)))
    revisions = [event.data["revision"] for event in await desk.service.outbox("gcm.pledges.workflow")]
    assert len(revisions) >= 6
    assert revisions == sorted(set(revisions))
    rows = await desk.service.rows("select revision from pledge_history order by step_id")
    assert [row["revision"] for row in rows] == list(range(1, len(rows) + 1))


async def test_one_key_twice_at_the_same_time_makes_one_pledge(desk: Desk) -> None:
    headers = once(AMINA)
    before = await desk.counts()
    answers = await asyncio.gather(
        *(desk.service.client.post("/pledges", json=NEW | {"submit": True}, headers=headers) for _ in range(6))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    after = await desk.counts()
    assert {name: after[name] - before[name] for name in ("pledge", "pledge_history", "outbox", "idempotency")} == {
        "pledge": 1, "pledge_history": 1, "outbox": 1, "idempotency": 1,
    }  # fmt: skip


async def test_one_key_with_another_body_is_refused(desk: Desk) -> None:
    headers = once(AMINA)
    first = await desk.service.client.post("/pledges", json=NEW, headers=headers)
    before = await desk.counts()
    second = await desk.service.client.post("/pledges", json=NEW | {"title": "Another"}, headers=headers)
    assert (first.status_code, second.status_code) == (201, 422)
    assert faults(second).keys() == {"Idempotency-Key"}
    assert await desk.counts() == before


async def test_a_pledge_written_afresh_names_its_entity_as_it_is_called_now(desk: Desk) -> None:
    pledge_id = await desk.published()
    before = await desk.get(f"/pledges/{pledge_id}")
    async with desk.service.owner.engine.begin() as connection:
        await connection.exec_driver_sql("update entity set name = 'New Veridia' where entity_id = 'veridia'")
    await republish(desk)
    public = await desk.get(f"/pledges/{pledge_id}")
    assert (public.json()["entity"]["name"], public.json()["sequence"]) == ("New Veridia", 2)
    assert revision(public) == revision(before)
    assert [step["action"] for step in (await desk.get(f"/pledges/{pledge_id}/history")).json()["items"]] == [
        "published"
    ]


async def test_every_public_pledge_is_written_afresh_once(desk: Desk) -> None:
    ids = sorted([await desk.published() for _ in range(5)])
    await desk.create(submit=True)
    moment = desk.service.clock.moment()
    keys: list[str] = []
    while True:
        async with desk.service.database.transaction() as session:
            page = await PUBLIC_PLEDGES.snapshots(session, keys[-1] if keys else None, 2, moment)
        if not page:
            break
        keys += [made.key for made in page]
    assert keys == ids
