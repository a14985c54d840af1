"""Senders killed with SIGKILL under load, and one frozen past its lease, in front of a relay that records."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.senders import CONNECTIONS, Senders
from tests.messaging.stage import eventually
from tests.support.parts import Parts

KILLS = 50
MAILS = 1500
SEED = 20241205


@pytest.fixture
async def senders(mortal: Parts, tmp_path: Path) -> AsyncIterator[Senders]:
    async with Senders.around(mortal, tmp_path) as senders:
        yield senders


@pytest.mark.timeout(900)
async def test_killed_fifty_times_no_mail_is_lost_and_none_doubled_but_at_the_one_undecidable_moment(
    senders: Senders,
) -> None:
    """That moment is between the final dot and the commit that says so: such a mail goes again, as the same one."""
    ids = {f"<{id_}@demo.invalid>" for id_ in await senders.queue(MAILS)}
    chance, undecidable = random.Random(SEED), list[str]()  # noqa: S311 - when to kill
    settled: set[str] = set()
    for _ in range(KILLS):
        before = len(senders.relay.mails)
        child = senders.start()
        await _taken(senders, before + chance.randint(1, 25))
        child.kill()
        await senders.until_silent()
        held, taken = await senders.sending(), senders.taken(before)
        assert max(taken.values()) == 1
        assert not taken.keys() & settled  # what was settled never goes again
        settled |= taken.keys() - held
        undecidable += taken.keys() & held
        await senders.expire()
    last = senders.start()
    await senders.until_sent()
    last.stop()
    taken = senders.taken()
    assert taken.keys() == ids
    doubled = sum(taken.values()) - len(ids)
    assert doubled == len(undecidable) <= KILLS * CONNECTIONS
    print(f"{KILLS} kills, {len(ids)} mails, {doubled} of them again at the undecidable moment")  # noqa: T201


async def _taken(senders: Senders, mails: int) -> None:
    async def enough() -> bool:
        return len(senders.relay.mails) >= mails

    await eventually(enough, within=60)


async def test_a_sender_frozen_past_its_lease_sends_nothing_more(senders: Senders) -> None:
    """It has asked the relay for its ear (DATA), and is stopped before it hears that it may go on."""
    await senders.queue(1)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> str:
        if not asked.is_set():
            asked.set()
            await go_on.wait()
        return "354 go on"

    senders.relay.answers["DATA"] = hold
    frozen = senders.start(GCM_MAIL_LEASE="27")  # two seconds more than the slowest answer may take
    await asyncio.wait_for(asked.wait(), 60)
    frozen.pause()
    await asyncio.sleep(2.5)  # no clock of ours: the frozen process looks at the machine's
    await senders.expire()
    other = senders.start()
    await senders.until_sent()
    go_on.set()
    frozen.resume()
    await eventually(lambda: _gave_up(senders), within=20)
    assert sum(senders.taken().values()) == 1
    [row] = await senders.rows("select state, attempts from delivery")
    assert (row["state"], row["attempts"]) == ("sent", 2)
    other.stop()
    frozen.stop()


async def _gave_up(senders: Senders) -> bool:
    """The frozen one has said that the mail is no longer its own."""
    return "delivery.lease_lost" in (senders.folder / "sender-0.log").read_text()
