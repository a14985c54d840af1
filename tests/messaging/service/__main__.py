"""`python -m tests.messaging.service relay|consumer`: real processes for the tests to freeze and kill.

TEST_SIGNAL="SIGKILL committed" sends the relay that signal the first time it comes to that moment.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

import uvloop

from shared import telemetry
from shared.clock import Clock
from shared.db import Database
from shared.events.registry import TYPES
from shared.messaging.nudge import Nudge
from shared.messaging.roles import run_consumer, run_relay
from shared.process import Health, run
from shared.settings import ServiceSettings
from tests.messaging.service.things import SUBSCRIPTIONS, TOPIC, declare, telling_of_letters


def listener() -> Callable[[str], None]:
    wish, _, at = os.environ.get("TEST_SIGNAL", "").partition(" ")

    def on(moment: str) -> None:
        nonlocal wish
        if wish and moment == at:
            number, wish = signal.Signals[wish], ""
            if moment == "committing":  # when the request is on its way
                asyncio.get_running_loop().call_later(0.001, os.kill, os.getpid(), number)
            else:
                os.kill(os.getpid(), number)

    return on


async def relay(settings: ServiceSettings) -> None:
    health = Health()
    topics = [TOPIC] if os.environ.get("TEST_HEARTBEATS") else []
    task = partial(
        run_relay,
        service=os.environ["TEST_SERVICE"],
        settings=settings,
        public_topics=topics,
        health=health,
        on=listener(),
    )
    await run({"relay": task}, health, ("127.0.0.1", settings.health_port or 0))


async def consumer(settings: ServiceSettings) -> None:
    database = Database(settings.database_url, application="things", pool=4)
    nudge = Nudge(settings.database_url)
    health = Health()
    task = partial(
        run_consumer,
        service=os.environ["TEST_SERVICE"],
        settings=settings,
        subscriptions=[each for each in SUBSCRIPTIONS if each.name in os.environ["TEST_SUBSCRIPTIONS"].split()],
        database=database,
        clock=Clock(),
        nudge=nudge,
        health=health,
    )
    await nudge.start()
    await run({"consumer": task}, health, ("127.0.0.1", settings.health_port or 0))


if __name__ == "__main__":
    declare(TOPIC, v2="TEST_UNDERSTANDS_V2" in os.environ)
    if "TEST_TELLS_OF_LETTERS" in os.environ:
        telling = telling_of_letters(os.environ["TEST_SERVICE"])
        TYPES[telling.name] = telling
    telemetry.configure("things", sys.argv[1:], "INFO")
    uvloop.run({"relay": relay, "consumer": consumer}[sys.argv[1]](ServiceSettings()))
