"""notifications under test: a made-up pledges service with its people, a real SMTP server, the events that it hears."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
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
from tests.support.api import MAIL_KEYS, Service
from tests.support.tokens import bearer

STAFF, REVIEWER = bearer("nora", "network_staff"), bearer("rana", "reviewer")
NOT_STOPPED = asyncio.Event()
AT = "2024-10-01T00:00:00Z"
ZONES = {"kiri": "Pacific/Kiritimati", "baker": "Etc/GMT+12", "john": "America/St_Johns", "howe": "Australia/Lord_Howe"}


@dataclass
class People:
    """The pledges service as far as it is asked, and the identity provider. `before` runs before each answer."""

    focal_points: dict[str, list[str]] = field(
        default_factory=lambda: {"veridia": ["amina", "bao"], "kalmora": ["kofi"]}
    )
    delegates: dict[str, list[str]] = field(default_factory=dict)
    desk: list[str] = field(default_factory=lambda: ["nora"])
    languages: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # of those who have another one than their name
    title: str | None = "Schools"
    filed_by: str | None = None
    author: str = "dario"  # of each report; none: a focal point made it
    withdrawn: bool | None = None  # whether handovers were; None: both are told
    invited: str = "dora"
    asker: str = "dario"
    writer: str = "amina"
    messages: dict[int, str] = field(default_factory=lambda: {1: "Which consulates?"})
    down: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    before: Callable[[str], Any] | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path] += 1
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        if self.before and (waiting := self.before(request.url.path)):
            await waiting
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        asked = json.loads(request.content)
        return httpx.Response(200, json=self._answers[request.url.path](asked))

    @property
    def _answers(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            "/contacts/search": self._search,
            "/contacts/resolve": self._resolve,
            "/contacts/author": self._author,
            "/contacts/spoken": self._spoken,
            "/contacts/handover": self._told,
            "/contacts/invited": self._invited,
            "/messages/resolve": self._message,
        }

    def _spoken(self, asked: dict[str, Any]) -> dict[str, Any]:
        person = asked["person_id"]
        told = {"language": self.languages.get(person, "en"), "time_zone": ZONES.get(person, "UTC")}
        return {"reachable": True, "desk": person in self.desk, **told}

    def _told(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.withdrawn is not None and asked["withdrawn"] != self.withdrawn:
            return {"reachable": False, "reason": "over"}
        two = ("amina", "bruno") if asked["part"] == "former" else ("bruno", "amina")
        told = {"name": two[0].title(), "other": two[1].title(), "since": AT}
        return self._about(address(two[0]), person_id=two[0], **told)

    def _author(self, _: dict[str, Any]) -> dict[str, Any]:
        if not self.author:
            return {"reachable": False, "reason": "focal_point"}
        return self._about(address(self.author), person_id=self.author, pledge_title="Schools")

    def _invited(self, _: dict[str, Any]) -> dict[str, Any]:
        if not self.invited:
            return {"reachable": False, "reason": "over"}
        return self._about(address(self.invited), role="delegate", expires_at=AT, token="gAAAA_invitation")

    def _message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """network_support, which is asked here too."""
        said = self.messages.get(asked["number"], "") if asked["number"] else ""
        person = asked["person_id"] or (self.writer if asked["mail_id"] else self.asker)
        reply_to = f"reply+{person}@reply.demo.invalid"
        return {"person_id": person, "text": said or None, "asks": said.endswith("?"), "reply_to": reply_to}

    def _about(self, to: str, **more: str) -> dict[str, Any]:
        plain = {"reachable": True, "address": to, "language": self.languages.get(to, "en"), "entity_name": "Veridia"}
        return plain | more

    def _search(self, asked: dict[str, Any]) -> dict[str, Any]:
        [role] = asked["roles"]
        acting = {"focal_point": self.focal_points, "delegate": self.delegates}[role]
        assert len(asked["entity_ids"]) <= 200
        known = {entity: acting.get(entity, []) for entity in asked["entity_ids"]}
        return {
            "entities": {entity: [_person(one) for one in people] for entity, people in known.items() if people},
            "desk": [_person(one) for one in self.desk] if asked["desk"] else [],
        }

    def _resolve(self, asked: dict[str, Any]) -> dict[str, Any]:
        person, entity = asked["person_id"], asked["entity_id"]
        if asked["desk"] and person not in self.desk:
            return {"reachable": False, "reason": "not_on_duty"}
        acting = {"focal_point": self.focal_points, "delegate": self.delegates}
        if not asked["desk"] and not any(person in acting[role].get(entity, []) for role in asked["roles"]):
            return {"reachable": False, "reason": "no_membership"}
        return {
            "reachable": True,
            "person_id": person,
            "address": self.addresses.get(person, address(person)),
            "name": person.title(),
            "language": self.languages.get(person, "en"),
            "time_zone": ZONES.get(person, "UTC"),
            "entity_name": entity.title(),
            "pledge_title": self.title if asked["pledge_id"] else None,
            "pledge_entity": "Veridia" if asked["pledge_id"] else None,
            "filed_by": self.filed_by,
        }


def address(person: str) -> str:
    return person if "@" in person else f"{person}@demo.invalid"


def _person(person: str) -> dict[str, str]:
    return {"person_id": person, "time_zone": ZONES.get(person, "UTC")}


class Inbox:
    """A real SMTP server that remembers what it took, and answers as the test says.

    `rcpt` and `data`: the answer by recipient, from `"*"` for everybody. `before_data` is awaited when DATA has come.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.rcpt: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.before_data: Callable[[], Any] | None = None
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self.paths: list[str] = []  # to which each of the mails would come back

    async def start(self) -> None:
        def session() -> SMTP:
            self.connections += 1
            return SMTP(self, hostname="test", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

        self._server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        self._server = None

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, to: str, ___: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.rcpt.get(to, self.rcpt.get("*", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return answer

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.before_data and (waiting := self.before_data()):
            await waiting
        [to] = envelope.rcpt_tos
        answer = self.data.get(to, self.data.get("*", "250 OK"))
        if answer.startswith("250"):
            mail = message_from_string(cast(bytes, envelope.content).decode(), policy=POLICY)
            assert [one.addr_spec for one in mail["To"].addresses] == [to]
            self.mails.append(mail)
            self.paths.append(envelope.mail_from or "")
        return answer

    def sent(self) -> list[tuple[str, str]]:
        """(recipient, template) of every mail, sorted."""
        return sorted((to(mail), mail["X-GCM-Reason"].partition("; ")[2]) for mail in self.mails)

    def forget(self) -> None:
        self.mails.clear()


def to(mail: EmailMessage) -> str:
    found: str = mail["To"].addresses[0].addr_spec
    return found


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


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
        sender = self.sender()
        while await sender.once(NOT_STOPPED):
            pass

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
