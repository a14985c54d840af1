"""notifications under test, with the people around it, the mails that it sends and the events that it hears."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from services.notifications.deliveries.expander import Expander
from services.notifications.deliveries.sender import Sender
from services.notifications.handlers import SUBSCRIPTIONS
from services.notifications.rehearsals.telling import Telling
from services.notifications.reminders.planner import Planner
from services.notifications.settings import Settings
from services.notifications.worker import Worker, conversations, recipients
from shared.clock import Moment
from shared.events.common import EntityRef
from shared.events.envelope import Data
from shared.events.examples import EXAMPLES
from shared.events.pledges import PledgeEvent
from shared.events.registry import TYPES
from shared.events.reviews import MilestoneEvent
from shared.messaging import projections
from shared.messaging.inbox import Outcome, receive
from shared.messaging.subscriptions import Projection
from shared.process import Health
from shared.reference.dates import PartialDate
from tests.integration.notifications.inbox import Inbox
from tests.integration.notifications.people import People
from tests.support.api import MAIL_KEYS, Service
from tests.support.tokens import bearer

STAFF, REVIEWER = bearer("nora", "network_staff"), bearer("rana", "reviewer")
NOT_STOPPED = asyncio.Event()


@dataclass
class Post:
    """The service, its workers, and both ends of the wire."""

    service: Service
    people: People
    inbox: Inbox
    worker: Worker
    senders: list[Sender] = field(default_factory=list)  # that were made, and whose connections are open

    @property
    def moment(self) -> Moment:
        return self.service.clock.moment()

    def set_clock(self, year: int, month: int, day: int, hour: int = 21, minute: int = 0) -> None:
        """Business time, UTC. Of a day alone 21:00, as the command line has it."""
        self.service.set_clock(datetime(year, month, day, hour, minute, tzinfo=UTC))

    async def hears(self, type_: str, data: Data | None = None, *, event_id: UUID | None = None) -> list[Outcome]:
        """An event, through all subscriptions of its topic, as the consumer does; what became of it in each."""
        data = data or EXAMPLES[type_]
        headers = {
            "ce_id": str(event_id or uuid7()),
            "ce_type": type_,
            "ce_source": "tests",
            "ce_time": self.moment.system.isoformat(),
        }
        record = SimpleNamespace(
            topic=TYPES[type_].topic,
            partition=0,
            offset=0,
            timestamp=0,
            key=b"key",
            value=data.model_dump_json().encode(),
            headers=tuple((name, value.encode()) for name, value in headers.items()),
        )
        outcomes = []
        for subscription in SUBSCRIPTIONS:
            if subscription.topic == record.topic:
                async with self.service.database.transaction() as session:
                    outcomes.append(await receive(session, subscription, cast(Any, record), self.moment))
        return outcomes

    async def knows(self, pledge_id: UUID, type_: str = "pledge.published.v1", **changed: Any) -> None:
        """A pledge by its projection alone, as if published before there were effects."""
        await self._project(type_, pledge(pledge_id, **changed))

    async def knows_milestone(self, starts: str = "2024-12-05", **changed: Any) -> None:
        await self._project("milestone.changed.v1", milestone(starts, **changed))

    async def _project(self, type_: str, data: Data) -> None:
        event: Any = SimpleNamespace(data=data, time=self.moment.system)
        for subscription in SUBSCRIPTIONS:
            if isinstance(subscription, Projection) and type_ in subscription.handlers:
                async with self.service.database.transaction() as session:
                    await subscription.handlers[type_](session, event, self.moment)

    async def rebuilds(self) -> None:
        """Both projections are cleared, to be read again."""
        for subscription in SUBSCRIPTIONS:
            if isinstance(subscription, Projection):
                async with self.service.owner.transaction() as session:
                    await projections.rebuild(session, subscription)

    def expander(self) -> Expander:
        return self.worker.expander()

    def configure(self, **changed: Any) -> None:
        """Settings of whatever is made from now on."""
        self.worker = replace(self.worker, settings=self.worker.settings.model_copy(update=changed))

    def sender(self) -> Sender:
        self.senders.append(self.worker.sender())
        return self.senders[-1]

    async def close(self) -> None:
        """The connections to the relay."""
        for sender in self.senders:
            await sender.close()

    def planner(self) -> Planner:
        return self.worker.planner()

    async def send(self) -> None:
        """Everything that is due now: mailings become deliveries, deliveries leave."""
        while await self.expander().once():
            pass
        await self.send_by(self.sender())

    async def send_by(self, *senders: Sender) -> None:
        """By several at the same time."""

        async def work(sender: Sender) -> None:
            while await sender.once(NOT_STOPPED):
                pass

        await asyncio.gather(*map(work, senders))

    async def tick(self) -> None:
        """Everything that the scheduler and the sender have to do at this moment."""
        await self.planner().tick()
        await self.send()

    async def deliveries(self) -> list[dict[str, Any]]:
        return await self.service.rows("select * from delivery order by created_at, id")

    async def plan(self) -> dict[int, tuple[str, str | None]]:
        """State and reason by offset, of the only pledge; of several the last one's."""
        rows = await self.service.rows("select offset_days, state, reason from reminder order by id")
        return {row["offset_days"]: (row["state"], row["reason"]) for row in rows}

    async def states(self) -> Counter[tuple[int, str]]:
        rows = await self.service.rows("select offset_days, state from reminder")
        return Counter((row["offset_days"], row["state"]) for row in rows)

    async def run(self, statement: str, **values: Any) -> None:
        """As the tables' owner."""
        from sqlalchemy import text as sql

        async with self.service.owner.transaction() as session:
            await session.execute(sql(statement), values)


def pledge(pledge_id: UUID, **changed: Any) -> PledgeEvent:
    """Published on 1 June 2024 for the cycle of 2022, never reported, by one entity alone, unless said otherwise."""
    example = EXAMPLES["pledge.published.v1"]
    assert isinstance(example, PledgeEvent)
    entity = EntityRef(entity_id=changed.pop("entity", "veridia"), name="Veridia", kind="member_state")
    progress = {"last_reported_at": changed.pop("reported", None)}
    plain = {"first_published_at": datetime(2024, 6, 1, tzinfo=UTC), "partner_entities": [], "sign_offs": []}
    fields = plain | {"pledge_id": pledge_id, "entity": entity, **changed}
    fields["progress"] = example.pledge.progress.model_copy(update=progress)
    return example.model_copy(update={"pledge": example.pledge.model_copy(update=fields)})


def milestone(starts: str = "2024-12-05", **changed: Any) -> MilestoneEvent:
    example = EXAMPLES["milestone.changed.v1"]
    assert isinstance(example, MilestoneEvent)
    fields = {"starts": PartialDate(starts), **changed}
    return example.model_copy(update={"milestone": example.milestone.model_copy(update=fields)})


def settings(inbox: Inbox, **changed: Any) -> Settings:
    plain: dict[str, Any] = {
        "environment": "test",
        "database_url": "postgresql://nowhere",
        "kafka_bootstrap": "nowhere",
        "oidc_issuer": "http://id.test",
        "pledges_url": "http://pledges.test",
        "smtp_port": inbox.port,
        "public_url": "http://public.test",
        "mail_from": "GCM <no-reply@demo.invalid>",
        "mail_keys": MAIL_KEYS,
    }
    return Settings(**(plain | changed))


@asynccontextmanager
async def opened(service: Service, people: People) -> AsyncIterator[Post]:
    inbox = Inbox()
    await inbox.start()
    try:
        async with httpx.AsyncClient(transport=httpx.MockTransport(people)) as http:
            own = settings(inbox)
            worker = Worker(
                own,
                service.database,
                Health(),
                service.clock,
                recipients(own, http),
                conversations(own, http),
                lambda: service.nudges.append(None),
            )
            service.app.state.telling = Telling(worker.recipients, own.public_url)
            service.app.state.recipients = worker.recipients
            post = Post(service, people, inbox, worker)
            yield post
            await post.close()
    finally:
        await inbox.stop()
