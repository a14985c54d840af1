"""Wherever the machines and the people are: replicas of other time zones, clocks that jump, a service that is away."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from uuid_utils.compat import uuid7

from deploy.local.ports import choose
from services.notifications.handlers import SUBSCRIPTIONS
from shared import clock as clocks
from shared.clock import Clock
from shared.db import Database
from shared.errors import Unavailable
from shared.events.envelope import Data
from shared.events.registry import TYPES
from shared.messaging import projections
from shared.messaging.kafka import producer
from shared.messaging.subscriptions import Projection
from tests.integration.notifications.inbox import to
from tests.integration.notifications.people import ZONES, address
from tests.integration.notifications.support import Post, milestone, pledge
from tests.integration.notifications.test_calendar import attached
from tests.integration.notifications.test_process import Site, eventually
from tests.integration.notifications.test_process import site as site  # noqa: PLC0414 - a fixture

AMINA, BAO = address("amina"), address("bao")
PLEDGE = UUID(int=7)
ZONES_OF_REPLICAS = ("Pacific/Kiritimati", "America/St_Johns")


class Replicas:
    """Two of every role, each in a time zone of its own, with one business clock."""

    def __init__(self, site: Site, clock_file: Path) -> None:
        self._site, self._file = site, clock_file
        self.ports = choose(len(ZONES_OF_REPLICAS))
        site.environment["GCM_CLOCK_FILE"] = str(clock_file)

    async def start(self, stack: AsyncExitStack) -> None:
        for zone, port in zip(ZONES_OF_REPLICAS, self.ports, strict=True):
            self._site.environment |= {"TZ": zone, "GCM_HTTP_PORT": str(port)}
            await stack.enter_async_context(self._site.worker("api", "relay", "consumer", "sender", "scheduler"))

    async def feeds(self) -> list[tuple[int, date]]:
        """The sequence and the day of the one entry, as each replica's feed of Veridia says."""
        async with httpx.AsyncClient(timeout=20) as client:
            answers = [await client.get(f"http://127.0.0.1:{port}/entities/veridia/calendar") for port in self.ports]
        entries: list[Any] = [Calendar.from_ical(answer.content).walk("VEVENT")[0] for answer in answers]
        return [(entry["SEQUENCE"], entry["DTSTART"].dt) for entry in entries]

    def set_clock(self, month: int, day: int) -> None:
        clocks.write(self._file, datetime(2024, month, day, 21, tzinfo=UTC), Clock().system())

    async def tell(self, type_: str, key: str, data: Data) -> None:
        sending = producer(self._site.kafka.bootstrap)
        await sending.start()
        headers = {"ce_id": str(uuid7()), "ce_type": type_, "ce_source": "pledges"}
        headers["ce_time"] = Clock().system().isoformat()
        encoded = [(name, value.encode()) for name, value in headers.items()]
        try:
            value = data.model_dump_json().encode()
            await sending.send_and_wait(TYPES[type_].topic, value, key=key.encode(), headers=encoded)
        finally:
            await sending.stop()

    async def value(self, query: str) -> object:
        import asyncpg

        connection = await asyncpg.connect(self._site.database_url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def until(self, query: str, wanted: object) -> None:
        async with asyncio.timeout(60):
            while await self.value(query) != wanted:  # noqa: ASYNC110 - another process, which rings no bell
                await asyncio.sleep(0.2)

    async def rebuild(self) -> None:
        database = Database(self._site.database_url, application="tests", pool=1)
        try:
            for subscription in SUBSCRIPTIONS:
                if isinstance(subscription, Projection):
                    async with database.transaction() as session:
                        await projections.rebuild(session, subscription)
        finally:
            await database.close()


async def test_two_replicas_of_other_zones_a_moved_plenary_and_a_rebuild_send_nothing_twice(
    site: Site, tmp_path: Path
) -> None:
    replicas = Replicas(site, tmp_path / "clock")
    replicas.set_clock(11, 1)
    async with AsyncExitStack() as stack:
        await replicas.start(stack)
        await replicas.tell("pledge.republished.v1", str(PLEDGE), pledge(PLEDGE))
        await replicas.tell("milestone.changed.v1", "plenary-2024", milestone(sequence=1))
        await replicas.until("select count(*) from reminder where state = 'planned'", 4)
        replicas.set_clock(11, 5)
        await eventually(lambda: len(site.inbox.mails) >= 2, 60)
        await replicas.until("select state from reminder where offset_days = -30", "sent")
        await replicas.tell("milestone.changed.v1", "plenary-2024", milestone("2024-12-12", sequence=2))
        await replicas.until("select count(*) from reminder where due_on = '2024-12-05' and state = 'planned'", 1)
        replicas.set_clock(11, 12)  # the new day of the one that has gone
        await replicas.until("select count(*) from reminder where due_on = '2024-11-12'", 0)
        await replicas.rebuild()
        await replicas.until("select count(*) from known_pledge", 1)
        await replicas.until("select starts from known_milestone", "2024-12-12")
        await replicas.until("select sequence from calendar_entry", 2)
        assert await replicas.feeds() == [(2, date(2024, 12, 12))] * 2
        assert len(site.inbox.mails) == 2  # what was read anew sent nothing
        replicas.set_clock(12, 5)
        await eventually(lambda: len(site.inbox.mails) >= 4, 60)
        await replicas.until("select state from reminder where due_on = '2024-12-05'", "sent")
    assert Counter(site.inbox.sent()) == {(AMINA, "reminder"): 2, (BAO, "reminder"): 2}
    assert len({mail["Message-ID"] for mail in site.inbox.mails}) == 4
    for person in (AMINA, BAO):
        before, after = (attached(mail) for mail in site.inbox.mails if to(mail) == person)
        assert (before["UID"], before["SEQUENCE"] + 1) == (after["UID"], after["SEQUENCE"])
        assert (before["DTSTART"].dt, after["DTSTART"].dt) == (date(2024, 12, 5), date(2024, 12, 12))


@pytest.mark.parametrize(
    ("person", "starts", "utc"),
    [
        ("john", "2024-12-03", datetime(2024, 11, 3, 12, 30, tzinfo=UTC)),  # the night to it had 25 hours
        ("john", "2025-04-08", datetime(2025, 3, 9, 11, 30, tzinfo=UTC)),  # and this one 23
        (
            "howe",
            "2024-11-05",
            datetime(2024, 10, 5, 22, 0, tzinfo=UTC),
        ),  # half an hour less, in spring
        ("kiri", "2024-12-05", datetime(2024, 11, 4, 19, 0, tzinfo=UTC)),
        ("baker", "2024-12-05", datetime(2024, 11, 5, 21, 0, tzinfo=UTC)),
    ],
)
async def test_at_nine_after_a_night_in_which_clocks_were_changed(
    post: Post, person: str, starts: str, utc: datetime
) -> None:
    post.people.focal_points = {"veridia": [person]}
    await post.knows(uuid7())
    await post.knows_milestone(starts)
    post.service.set_clock(utc - timedelta(minutes=2))
    await post.tick()
    assert post.inbox.mails == []
    post.service.set_clock(utc)
    await post.tick()
    assert post.inbox.sent() == [(address(person), "reminder")]
    [row] = await post.service.rows("select due_on from reminder where state = 'sent'")
    assert row["due_on"] == date.fromisoformat(starts) - timedelta(days=30)


async def test_who_has_moved_west_since_it_was_planned_gets_it_at_nine_there(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.people.focal_points = {"veridia": ["kiri"]}
    await post.knows(uuid7())
    await post.knows_milestone()
    post.service.set_clock(datetime(2024, 11, 4, 19, 0, tzinfo=UTC))
    await post.planner().tick()
    monkeypatch.setitem(ZONES, "kiri", "America/St_Johns")
    await post.send()
    assert [(row["state"], row["reason"]) for row in await post.deliveries()] == [("deferred", "morning")]
    for minute, mails in ((29, 0), (30, 1)):
        post.service.set_clock(datetime(2024, 11, 5, 12, minute, tzinfo=UTC))
        await post.send()
        assert len(post.inbox.mails) == mails


async def test_while_the_pledges_service_is_away_mails_wait_and_go_to_who_acts_then(post: Post) -> None:
    await post.knows(uuid7())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    post.people.down = True
    with pytest.raises(Unavailable):
        await post.planner().tick()
    assert await post.deliveries() == []
    post.people.down, post.people.focal_points = False, {"veridia": ["kofi"]}
    await post.tick()
    assert post.inbox.sent() == [(address("kofi"), "reminder")]


async def test_an_address_that_changes_while_a_mail_waits_is_the_one_it_goes_to(post: Post) -> None:
    await post.knows(uuid7())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    post.people.down = True
    await post.send()
    assert post.inbox.mails == []
    assert {row["reason"] for row in await post.deliveries()} == {"contacts_unavailable"}
    post.people.down, post.people.addresses = False, {"amina": "new@demo.invalid"}
    await post.run("update delivery set next_try_at = now()")
    await post.send()
    assert [to for to, _ in post.inbox.sent()] == [BAO, "new@demo.invalid"]


async def test_away_for_longer_than_the_policy_allows_is_skipped_and_no_burst(post: Post) -> None:
    await post.knows(uuid7())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    post.people.down = True
    with pytest.raises(Unavailable):
        await post.planner().tick()
    post.set_clock(2024, 11, 9)
    post.people.down = False
    await post.tick()
    assert post.inbox.mails == []
    assert (await post.plan())[-30] == ("skipped", "overdue")
