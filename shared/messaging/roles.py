"""The messaging roles of a service, ready for `shared.process.run`: services/<name>/__main__.py only names its parts.

    health = Health(database=...)
    tasks["relay"] = partial(
        run_relay, service="pledges", settings=settings, public_topics=(PLEDGES, ENTITIES, REVIEWS), health=health
    )
    tasks["consumer"] = partial(
        run_consumer, service="pledges", settings=settings, subscriptions=SUBSCRIPTIONS,
        database=database, clock=clock, nudge=nudge, health=health,
    )

and in the role `migrate`, after the migrations: `register_effects(database_url, SUBSCRIPTIONS, clock.system())`.
A process that is only a relay imports this module and nothing of FastAPI or SQLAlchemy: it starts fast and stays small.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg
import structlog

from shared.clock import Clock
from shared.process import Health
from shared.settings import ServiceSettings

if TYPE_CHECKING:
    from shared.db import Database
    from shared.messaging.subscriptions import Subscription

log = structlog.get_logger()

SILENT_FOR = 60.0  # seconds: a relay that has not gone round for so long is not ready


async def run_relay(
    stop: asyncio.Event,
    *,
    service: str,
    settings: ServiceSettings,
    public_topics: Sequence[str],
    health: Health,
    on: Callable[[str], None] = lambda _moment: None,
) -> None:
    """Publishes the service's outbox until told to stop, or waits as a standby while another relay does.

    `service` as in the name of its database: "network_support". `public_topics` get a daily heartbeat record.
    Adds its check to `health`. Any exception ends the process at once, without a farewell to Kafka. `on` is told each
    moment by name, for tests.
    """
    from shared.messaging.relay import Relay

    relay = Relay(service, settings.database_url, settings.kafka_bootstrap, public_topics, on=on)

    async def check() -> str | None:
        silent = time.monotonic() - relay.alive if relay.alive else 0
        return f"silent for {silent:.0f} s" if silent > SILENT_FOR else None

    health.checks["relay"] = check
    try:
        await relay.run(stop)
    except Exception:
        log.exception("relay.ends")
        os._exit(1)  # a Kafka client that failed waits for ever when it is closed


async def run_consumer(
    stop: asyncio.Event,
    *,
    service: str,
    settings: ServiceSettings,
    subscriptions: "Sequence[Subscription]",
    database: "Database",
    clock: Clock,
    nudge: Callable[[], None],
    health: Health,
) -> None:
    """Follows all subscriptions, each in a consumer group of its own, "<service>.<name>", until told to stop.

    `nudge` is called after each commit, since handlers may write outbox rows; whoever made it starts and stops it.
    Adds its checks to `health`. A subscription that fails for good raises, which ends the process.
    """
    from shared.messaging.consumer import Follower
    from shared.messaging.dead_letter import DeadLetters

    dead_letters = DeadLetters(settings.kafka_bootstrap, service)
    followers = [
        Follower(service, subscription, settings.kafka_bootstrap, database, clock, nudge, dead_letters)
        for subscription in subscriptions
    ]
    for follower in followers:
        health.checks[follower.subscription.name] = follower.check
    try:
        async with asyncio.TaskGroup() as group:
            for follower in followers:
                group.create_task(follower.run(stop), name=follower.subscription.name)
    finally:
        await dead_letters.close()


def register_effects(database_url: str, subscriptions: "Sequence[Subscription]", at: datetime) -> None:
    """The start mark of each effect that has none yet: events from before `at` (system time) are passed over.

    Synchronous, for the role `migrate`, which runs before the first consumer of a new effect starts: so none of the
    events from then on is missed.
    """
    from shared.messaging.subscriptions import Effect

    effects = [each.name for each in subscriptions if isinstance(each, Effect)]
    asyncio.run(_register(database_url, effects, at))


async def _register(database_url: str, effects: Sequence[str], at: datetime) -> None:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.executemany(
            "insert into effect_start (consumer, since) values ($1, $2) on conflict do nothing",
            [(name, at) for name in effects],
        )
    finally:
        await connection.close()
