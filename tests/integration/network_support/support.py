"""network_support under test: people, what the pledges service says of them, and the pledges that it hears of."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import jwt
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.network_support.handlers import SUBSCRIPTIONS
from services.network_support.memberships import Acting, Membership
from services.network_support.requests.schemas import Opening
from shared.authors import Author
from shared.clock import Moment
from shared.events.envelope import Event
from shared.events.examples import EXAMPLES
from shared.events.pledges import PledgeEvent
from shared.messaging.subscriptions import Projection
from tests.support.api import Service, once
from tests.support.tokens import bearer

FOCAL_POINT, DELEGATE, VIEWER, OTHER = "amina", "dario", "vera", "otto"
STAFF, REVIEWER, ADMIN = bearer("nora", "network_staff"), bearer("rana", "reviewer"), bearer("ada", "admin")
VERIDIA = Acting((Membership(entity_id="veridia", role="focal_point"),))


@dataclass
class People:
    """The pledges service as far as it is asked: GET /me/memberships, POST /contacts/standing; and our tokens."""

    roles: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            FOCAL_POINT: {"veridia": "focal_point"},
            DELEGATE: {"veridia": "delegate"},
            VIEWER: {"veridia": "viewer"},
            OTHER: {"sorvenia": "focal_point"},
        }
    )
    down: bool = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused")
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        if request.url.path == "/contacts/standing":
            return self._standing(json.loads(request.content))
        token = request.headers["authorization"].removeprefix("Bearer ")
        person = jwt.decode(token, options={"verify_signature": False})["sub"]
        found = [{"entity_id": e, "role": role, "until": None} for e, role in self.roles.get(person, {}).items()]
        return httpx.Response(200, json={"person_id": person, "memberships": found})

    def _standing(self, asked: dict[str, str]) -> httpx.Response:
        role = self.roles.get(asked["person_id"], {}).get(asked["entity_id"])
        own = asked["address"] == f"{asked['person_id']}@demo.invalid"
        return httpx.Response(200, json={"role": role, "own_address": own})


@dataclass(frozen=True)
class Support:
    service: Service
    people: People

    async def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.service.client.get(path, headers=headers or bearer(FOCAL_POINT))

    async def post(
        self, path: str, body: object = None, headers: dict[str, str] | None = None, seen: int | None = None
    ) -> httpx.Response:
        sent = once(headers or bearer(FOCAL_POINT)) | ({"If-Match": f'"{seen}"'} if seen is not None else {})
        # as ASCII, so that a test can send a lone surrogate
        content = b"" if body is None else json.dumps(body).encode()
        return await self.service.client.post(
            path, content=content, headers={**sent, "Content-Type": "application/json"}
        )

    async def open(self, pledge_id: UUID, headers: dict[str, str] | None = None, **changed: Any) -> httpx.Response:
        return await self.post("/requests", wish(pledge_id, **changed), headers)

    async def opened(self, pledge_id: UUID, headers: dict[str, str] | None = None, **changed: Any) -> dict[str, Any]:
        answer = await self.open(pledge_id, headers, **changed)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def read(self, request: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = (await self.get(f"/requests/{request['request_id']}", STAFF)).json()
        return body

    async def hears(self, pledge_id: UUID, type_: str = "pledge.published.v1", **changed: Any) -> None:
        """A record of gcm.pledges, handled as the consumer does: in one transaction."""
        async with self.service.database.transaction() as session:
            await self.handle(session, pledge_id, type_, **changed)

    async def handle(
        self, session: AsyncSession, pledge_id: UUID, type_: str = "pledge.published.v1", **changed: Any
    ) -> None:
        data = pledge_event(type_, pledge_id, **changed)
        event = Event(uuid7(), type_, "pledges", str(pledge_id), self.moment.system, data)
        await projection().handlers[type_](session, event, self.moment)

    async def hears_of_no_more(self, pledge_id: UUID) -> None:
        """A tombstone."""
        async with self.service.database.transaction() as session:
            await projection().forget(session, str(pledge_id))

    async def clears(self) -> None:
        async with self.service.database.transaction() as session:
            await projection().clear(session)

    async def events(self) -> list[str | None]:
        return [row.type for row in await self.service.outbox()]

    @property
    def moment(self) -> Moment:
        return self.service.clock.moment()

    @property
    def author(self) -> Author:
        return Author(FOCAL_POINT, "entity")


def projection() -> Projection:
    found = SUBSCRIPTIONS[0]
    assert isinstance(found, Projection)
    return found


def wish(pledge_id: UUID, **changed: Any) -> dict[str, Any]:
    return {
        "entity_id": "veridia",
        "pledge_id": str(pledge_id),
        "type": "knowledge_exchange",
        "text": "How do others issue documents at consulates?",
        "language": "en",
        **changed,
    }


def opening(pledge_id: UUID) -> Opening:
    return Opening.model_validate(wish(pledge_id))


def pledge_event(
    type_: str, pledge_id: UUID, *, entity: str = "veridia", sequence: int = 1, **changed: Any
) -> PledgeEvent:
    example = EXAMPLES[type_]
    assert isinstance(example, PledgeEvent)
    named = example.pledge.entity.model_copy(update={"entity_id": entity})
    update = {"pledge_id": pledge_id, "entity": named, "sequence": sequence, **changed}
    return example.model_copy(update={"pledge": example.pledge.model_copy(update=update)})
