"""The portal in front of the real services, and people with browsers; what Kafka would carry is carried by hand."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from services.network_support.handlers import SUBSCRIPTIONS
from services.pledges.registry.content import EXAMPLE
from services.pledges.registry.support import SUPPORT_OF_PLEDGES
from shared.events.envelope import Event
from shared.events.pledges import PledgeEvent
from shared.events.registry import PLEDGES as PLEDGES_TOPIC
from shared.events.registry import SUPPORT as SUPPORT_TOPIC
from shared.events.support import SupportEvent
from shared.messaging.subscriptions import Projection
from tests.support.api import Service, once
from tests.support.entities import STAFF
from tests.support.portal import Browser, Portal, hidden_fields
from tests.support.tokens import bearer

# titles that are odd, and good
RTL = "تعهد بشأن وثائق الهوية"
LONG = "w" * 400
HTML = '<script>alert("x")</script><b>'
FORM: dict[str, Any] = {
    "title": "Identity documents at every consulate",
    "kind": "individual",
    "language": "en",
    "description": "Documents at twelve posts, up from four.",
    "objectives": ["objective-4", "objective-14"],
    "main_objectives": ["objective-4"],
    "forms": ["process"],
    "targets.0.what": "Posts that issue documents",
    "targets.0.value": "12",
    "targets.0.by": "2026",
    "period.start": "September 2024",
    "period.end": "30 June 2026",
    "entity_id": "veridia",
}


@dataclass
class Whole:
    portal: Portal
    pledges: Service
    support: Service
    carried: set[UUID] = field(default_factory=set)
    mounts: dict[str, httpx.AsyncBaseTransport] = field(default_factory=dict)  # the services, by their addresses

    def person(self, name: str, *roles: str) -> Browser:
        return self.portal.signed_in(name, *roles)

    async def api(self, path: str, person: str = "amina", **query: str) -> Any:
        answer = await self.pledges.client.get(path, headers=bearer(person), params=query)
        assert answer.is_success, answer.text
        return answer.json()

    async def listed(self, person: str) -> list[dict[str, Any]]:
        """What they work on."""
        items: list[dict[str, Any]] = (await self.api("/me/pledges", person))["items"]
        return items

    async def draft(self, **changed: Any) -> str:
        body = EXAMPLE | {"entity_id": "veridia"} | changed
        made = await self.pledges.client.post("/pledges", json=body, headers=once(bearer("amina")))
        assert made.is_success, made.text
        return str(made.json()["pledge_id"])

    async def published(self, **changed: Any) -> str:
        pledge_id = await self.draft(submit=True, **changed)
        headers = once(STAFF) | {"If-Match": '"1"'}
        done = await self.pledges.client.post(f"/pledges/{pledge_id}/publish", headers=headers)
        assert done.is_success, done.text
        await self.carry()
        return pledge_id

    async def carry(self) -> None:
        """What each service has published reaches the other."""
        [known] = [one for one in SUBSCRIPTIONS if isinstance(one, Projection) and one.topic == PLEDGES_TOPIC]
        await self._carry(self.pledges, PLEDGES_TOPIC, self.support, known, PledgeEvent)
        await self._carry(self.support, SUPPORT_TOPIC, self.pledges, SUPPORT_OF_PLEDGES, SupportEvent)

    async def _carry(self, source: Service, topic: str, to: Service, projection: Projection, data: Any) -> None:
        for row in await source.outbox(topic):
            if row.id in self.carried or row.type is None or row.type not in projection.handlers:
                continue
            self.carried.add(row.id)
            moment = to.clock.moment()
            event = Event(row.id, row.type, source.name, row.key, moment.system, data.model_validate(row.data))
            async with to.database.transaction() as session:
                await projection.handlers[row.type](session, event, moment)


async def send(browser: Browser, address: str, form: dict[str, Any] | None = None, **fields: Any) -> httpx.Response:
    """Opens the page, fills its form in as well, and sends it."""
    opened = await browser.get(address)
    assert opened.status_code == 200, opened.text
    return await browser.post(address.partition("?")[0], hidden_fields(opened) | (form or {}) | fields)


async def send_file(
    browser: Browser, address: str, file: tuple[str, bytes] | None, form: dict[str, Any] | None = None, **fields: Any
) -> httpx.Response:
    """Likewise, as a browser sends a form that has a place for a file."""
    typed = hidden_fields(await browser.get(address)) | (form or {}) | fields
    return await post_file(browser, address.partition("?")[0], file, typed)


async def post_file(
    browser: Browser, address: str, file: tuple[str, bytes] | None, typed: dict[str, Any]
) -> httpx.Response:
    """A form whose page was seen before; without a file, as a browser says that none was chosen."""
    cookies = "; ".join(f"{key}={value}" for key, value in browser.cookies(address).items())
    name, content = file or ("", b"")
    sent = {"file": (name, content, "text/html")}
    return await browser.http.post(browser.origin + address, data=typed, files=sent, headers={"cookie": cookies})


async def follow(browser: Browser, answer: httpx.Response) -> httpx.Response:
    """To the page after an act."""
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])
