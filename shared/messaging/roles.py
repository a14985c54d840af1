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
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.clock import Clock
from shared.process import Health
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.db import Database
    from shared.messaging.nudge import Nudge
    from shared.messaging.subscriptions import Subscription


async def run_relay(
    stop: asyncio.Event, *, service: str, settings: Settings, public_topics: Sequence[str], health: Health
) -> None:
    """Publishes the service's outbox until told to stop, or waits as a standby while another relay does.

    `service` as in the name of its database: "network_support". `public_topics` get a daily heartbeat record.
    Adds its check to `health`. Any exception ends the process at once, without a farewell to Kafka.
    """
    raise NotImplementedError


async def run_consumer(
    stop: asyncio.Event,
    *,
    service: str,
    settings: Settings,
    subscriptions: "Sequence[Subscription]",
    database: "Database",
    clock: Clock,
    nudge: "Nudge",
    health: Health,
) -> None:
    """Follows all subscriptions, each in a consumer group of its own, "<service>.<name>", until told to stop.

    `nudge` is called after each commit, since handlers may write outbox rows; whoever made it starts and stops it.
    Adds its checks to `health`. A subscription that fails for good raises, which ends the process.
    """
    raise NotImplementedError


def register_effects(database_url: str, subscriptions: "Sequence[Subscription]", at: datetime) -> None:
    """The start mark of each effect that has none yet: events from before `at` (system time) are passed over.

    Synchronous, for the role `migrate`, which runs before the first consumer of a new effect starts: so none of the
    events from then on is missed.
    """
    raise NotImplementedError
