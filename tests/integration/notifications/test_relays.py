"""Relays that hang, refuse, say goodbye, break off or are away: no mail is lost, and none goes twice but knowingly."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.deliveries import smtp
from services.notifications.deliveries.lifecycle import Accepted, NotTried, Outage, Outcome, Refused
from services.notifications.deliveries.pool import MOST_MAILS, Pool
from services.notifications.deliveries.sender import MARGIN
from services.notifications.deliveries.smtp import Wire
from services.notifications.settings import Settings
from tests.integration.notifications.inbox import Inbox
from tests.integration.notifications.support import settings
from tests.integration.notifications.test_smtp import A_MAIL
from tests.support.relays import DROP, Relay


def reaching(relay: Relay, **changed: Any) -> Settings:
    inbox = Inbox()
    inbox.port = relay.port
    return settings(inbox, **changed)


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with Relay().running() as relay:
        yield relay


@pytest.fixture
async def pool(relay: Relay) -> AsyncIterator[Pool]:
    pool = Pool(reaching(relay, smtp_connections=1))
    yield pool
    await pool.close()


async def send(pool: Pool, mails: int = 1, wire: Wire = A_MAIL) -> list[Outcome]:
    """A batch."""
    pool.begin()
    return [await pool.send(wire, lambda: True) for _ in range(mails)]


async def test_one_connection_carries_many_mails_and_is_replaced_after_a_hundred(relay: Relay, pool: Pool) -> None:
    assert await send(pool, MOST_MAILS) == [Accepted()] * MOST_MAILS
    assert relay.connections == 1
    assert await send(pool) == [Accepted()]
    assert relay.connections == 2


async def test_no_more_connections_than_allowed(relay: Relay) -> None:
    pool, waiting, go_on = Pool(reaching(relay, smtp_connections=2)), 0, asyncio.Event()

    async def text() -> str:
        nonlocal waiting
        waiting += 1
        await go_on.wait()
        return "250 OK"

    relay.text = text
    sending = [asyncio.create_task(pool.send(A_MAIL, lambda: True)) for _ in range(6)]
    while waiting < 2:  # noqa: ASYNC110 - the relay's side of it
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # a third would have come by now
    assert (waiting, relay.connections) == (2, 2)
    go_on.set()
    assert await asyncio.gather(*sending) == [Accepted()] * 6
    assert relay.connections == 2
    await pool.close()


async def test_an_idle_connection_is_ended_in_time(relay: Relay) -> None:
    now = 0.0
    pool = Pool(reaching(relay), monotonic=lambda: now)
    await send(pool)
    now = 9.0
    await pool.tidy()
    assert "QUIT" not in relay.said
    now = 20.0
    await pool.tidy()
    assert "QUIT" in relay.said


@pytest.mark.parametrize("goodbye", ["421 4.4.2 idle for too long", DROP])
async def test_a_connection_that_ended_while_it_was_idle_costs_no_mail(relay: Relay, pool: Pool, goodbye: str) -> None:
    await send(pool)
    relay.answers["MAIL"] = lambda: _once(relay, goodbye)
    assert await send(pool) == [Accepted()]
    assert (len(relay.mails), relay.connections) == (2, 2)


async def _once(relay: Relay, answer: str) -> str:
    del relay.answers["MAIL"]
    return answer


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_relay_that_hangs_is_given_up(
    relay: Relay, pool: Pool, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "COMMAND_TIMEOUT", 0.2)
    monkeypatch.setattr(smtp, "DATA_TIMEOUT", 0.2)
    relay.answers[command] = _never
    [first, second] = await send(pool, 2)
    assert (type(first), second) == (Outage, NotTried())
    del relay.answers[command]
    assert await send(pool) == [Accepted()]


async def _never() -> str:
    await asyncio.Event().wait()
    return ""


@pytest.mark.parametrize("where", ["RCPT", "DATA", "text"])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("450 4.2.0 greylisted", Refused(450, "4.2.0")),
        ("452 too many", Refused(452)),
        ("550 5.1.1 no such user", Refused(550, "5.1.1")),
        ("554-5.7.1 spam\r\n554 5.7.1 said twice", Refused(554, "5.7.1")),
    ],
)
async def test_a_refusal_is_the_mails_own_and_the_connection_stays(
    relay: Relay, pool: Pool, where: str, said: str, expected: Refused
) -> None:
    if where == "text":
        relay.text = said
    else:
        relay.answers[where] = said
    assert await send(pool, 2) == [expected, expected]
    relay.answers.clear()
    relay.text = "250 OK"
    assert await send(pool) == [Accepted()]
    assert relay.connections == 1


@pytest.mark.parametrize("where", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "text"])
async def test_421_anywhere_is_no_fault_of_the_mail(relay: Relay, pool: Pool, where: str) -> None:
    said = "421 4.3.2 closing"
    if where in {"greeting", "text"}:
        setattr(relay, where, said)
    else:
        relay.answers[where] = said
    [first, second] = await send(pool, 2)
    assert (type(first), second) == (Outage, NotTried())


@pytest.mark.parametrize("lines", [1, 3])
async def test_broken_off_in_the_middle_of_the_text_it_is_tried_again(relay: Relay, pool: Pool, lines: int) -> None:
    relay.drop_after = lines
    [outcome] = await send(pool)
    assert isinstance(outcome, Outage)
    assert relay.mails == []
    relay.drop_after = None
    assert await send(pool) == [Accepted()]


@pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "502 what?", DROP])
async def test_where_starttls_is_refused_nothing_is_said_in_the_clear(relay: Relay, answer: str) -> None:
    relay.answers |= {"EHLO": "250-relay\r\n250 STARTTLS", "STARTTLS": answer}
    pool = Pool(reaching(relay, smtp_starttls=True))
    [outcome] = await send(pool)
    assert isinstance(outcome, Outage)
    assert not [line for line in relay.said if line.startswith(("MAIL", "RCPT", "DATA", "AUTH"))]


async def test_a_relay_that_hides_starttls_gets_nothing(relay: Relay) -> None:
    pool = Pool(reaching(relay, smtp_starttls=True))
    [outcome] = await send(pool)
    assert isinstance(outcome, Outage)
    assert not [line for line in relay.said if line.startswith(("MAIL", "RCPT", "DATA", "AUTH"))]


async def test_who_was_frozen_while_the_relay_asked_for_the_text_sends_none(relay: Relay, pool: Pool) -> None:
    """The lease ends between DATA and the relay's 354."""
    holds = True

    async def slowly() -> str:
        nonlocal holds
        holds = False
        return "354 go on"

    relay.answers["DATA"] = slowly
    assert await pool.send(A_MAIL, lambda: holds) == NotTried()
    await asyncio.sleep(0.05)
    assert relay.mails == []
    assert not pool.down


async def test_lines_that_begin_with_a_dot_arrive(relay: Relay, pool: Pool) -> None:
    text = b"Subject: dots\r\n\r\n.\r\n..\r\n.QUIT\r\nend\r\n"
    assert await send(pool, 1, Wire("a@demo.invalid", "b@demo.invalid", text)) == [Accepted()]
    assert relay.mails == [
        "Subject: dots\r\n\r\n..\r\n...\r\n..QUIT\r\nend\r\n"
    ]  # as RFC 5321, 4.5.2 has them on the wire
    assert [line for line in relay.said if line.startswith("QUIT")] == []


def test_the_lease_outlasts_the_slowest_answer() -> None:

    assert (
        timedelta(seconds=smtp.DATA_TIMEOUT) < MARGIN < timedelta(seconds=Settings.model_fields["mail_lease"].default)
    )
