"""`python -m services.network_support ROLE…`: api, relay, consumer, mailbox in one process or several; or migrate."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.network_support.settings import Settings
from shared.clock import Clock
from shared.events.registry import SUPPORT
from shared.process import Health, Task
from shared.program import Program, consuming

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from shared.db import Database
    from shared.web.app import Parts

SERVICE = "network_support"
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(owner_url: str, clock: Clock | None = None) -> None:
    """Brings the schema to what this program has; may be repeated. `owner_url`: the tables' owner."""
    from services.network_support.handlers import SUBSCRIPTIONS
    from services.network_support.triage.following import fill_in
    from shared import migrate as migrations
    from shared.messaging.roles import register_effects

    migrations.migrate(owner_url, MIGRATIONS)
    register_effects(owner_url, SUBSCRIPTIONS, (clock or Clock()).system())
    asyncio.run(fill_in(owner_url))


def app(settings: Settings) -> "Callable[[Parts], FastAPI]":
    from services.network_support.app import create_app
    from services.network_support.clocks import rules
    from services.network_support.conversation.inbound.opening import mail
    from services.network_support.requests.policy import policy
    from shared.files.store import Store

    policy()  # a typo is refused now, not when somebody asks
    rules.use(rules.load(settings.clocks_folder))
    store = Store(settings.attachments_url)
    return partial(create_app, pledges_url=settings.pledges_url, store=store, mail=partial(mail, settings, store))


@asynccontextmanager
async def work(
    settings: Settings, roles: frozenset[str], database: "Database", health: Health
) -> AsyncIterator[Mapping[str, Task]]:
    """`consumer` follows others, computes clocks, closes what is quiet, sweeps files; `mailbox` fetches answers."""
    async with AsyncExitStack() as stack:
        tasks: dict[str, Task] = {}
        if "consumer" in roles:
            tasks |= await stack.enter_async_context(_consuming(settings, database, health))
        if "mailbox" in roles:
            from services.network_support.clocks import rules
            from services.network_support.conversation.inbound.mailbox import fetching

            rules.use(rules.load(settings.clocks_folder))  # an answer starts clocks again
            tasks |= await stack.enter_async_context(fetching(settings, database))
        yield tasks


@asynccontextmanager
async def _consuming(settings: Settings, database: "Database", health: Health) -> AsyncIterator[Mapping[str, Task]]:
    from services.network_support.board.forgetting import Forgetting
    from services.network_support.clocks import rules
    from services.network_support.clocks.recomputing import Recomputing
    from services.network_support.handlers import SUBSCRIPTIONS
    from services.network_support.requests.policy import policy
    from services.network_support.requests.tidying import Tidying
    from services.network_support.triage.policy import policy as assignment
    from shared.files.store import Store
    from shared.files.sweeping import sweeping
    from shared.messaging.nudge import Nudge

    rules.use(rules.load(settings.clocks_folder))
    assignment()  # a fault in the file is said now, not with the first request
    clock, store, nudge = Clock(settings.clock_file), Store(settings.attachments_url), Nudge(settings.database_url)
    own: dict[str, Task] = {
        "clocks": Recomputing(database, clock, rules.in_use()).run,
        "sweeping": partial(sweeping, database=database, store=store, clock=clock),
        "board": Forgetting(database, clock).run,
        "tidying": Tidying(database, clock, policy(), nudge).run,
    }
    await nudge.start()
    try:
        async with consuming(SERVICE, SUBSCRIPTIONS, settings, database, health) as consumer:
            yield consumer | own
    finally:
        await nudge.stop()


PROGRAM = Program(
    service=SERVICE,
    settings=Settings,
    migrations=MIGRATIONS,
    public_topics=(SUPPORT,),
    migrate=migrate,
    app=app,
    work=work,
    workers=frozenset({"consumer", "mailbox"}),
)

if __name__ == "__main__":
    PROGRAM.main()
