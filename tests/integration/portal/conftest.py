"""The portal before real services with their own databases."""

from typing import Any

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from services.portal.parts import Parts
from shared.process import Health
from tests.integration.portal.whole import Whole
from tests.support.api import MAIL, Service, Services, once
from tests.support.entities import STAFF, VERIDIA, add_entity, give, made
from tests.support.portal import PLEDGES, SUPPORT, Portal, parts, settings
from tests.support.tokens import bearer

AMINA = bearer("amina")


@pytest.fixture
def portal(pledges: Service) -> Portal:
    """Its business clock is that of the pledges service; the others are away."""
    http = httpx.AsyncClient(mounts={PLEDGES: httpx.ASGITransport(pledges.app, raise_app_exceptions=False)})
    return Portal(Parts.of(settings(), http, pledges.clock, Health()))


class Registry:
    """What people have done before they look at pages."""

    def __init__(self, pledges: Service) -> None:
        self.service = pledges

    async def published(self, **changed: Any) -> str:
        """The id of a new published pledge of Veridia."""
        wish = EXAMPLE | {"entity_id": VERIDIA["entity_id"], "submit": True} | changed
        answer = await self.service.client.post("/pledges", json=wish, headers=once(AMINA))
        assert answer.is_success, answer.text
        path = f"/pledges/{answer.json()['pledge_id']}"
        await self._staff(f"{path}/publish", seen=answer.headers["etag"])
        return str(answer.json()["pledge_id"])

    async def stated(self, **changed: Any) -> str:
        """A public statement."""
        said = EXAMPLE | {"entity_id": "kalmora", "sources": [{"title": "A speech", "url": "https://un.example/1"}]}
        return str((await self._staff("/statements", said | changed))["pledge_id"])

    async def report(self, pledge_id: str, **said: Any) -> None:
        path = f"/pledges/{pledge_id}/updates"
        await made(self.service.client.post(path, json=said, headers=once(AMINA)))

    async def amend(self, pledge_id: str, **changed: Any) -> None:
        """Saves, submits and publishes the next version."""
        path = f"/pledges/{pledge_id}"
        seen = (await self.service.client.get(f"{path}/working-copy", headers=AMINA)).headers["etag"]
        saved = await self.service.client.put(path, json=EXAMPLE | changed, headers=AMINA | {"If-Match": seen})
        headers = once(AMINA) | {"If-Match": saved.headers["etag"]}
        sent = await self.service.client.post(f"{path}/submit", headers=headers)
        await self._staff(f"{path}/publish", seen=sent.headers["etag"])

    async def _staff(self, path: str, body: object = None, seen: str = "") -> dict[str, Any]:
        headers = once(STAFF) | ({"If-Match": seen} if seen else {})
        return await made(self.service.client.post(path, json=body, headers=headers))


@pytest.fixture
async def registry(pledges: Service) -> Registry:
    """Veridia with its focal point, and Kalmora, which has no pledge."""
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"}, aliases=[])
    await give(pledges, "amina")
    return Registry(pledges)


def gives_token(_: httpx.Request) -> httpx.Response:
    """The identity provider, to a service of ours."""
    token = bearer("machine", "service")["Authorization"].removeprefix("Bearer ")
    return httpx.Response(200, json={"access_token": token, "expires_in": 300})


@pytest.fixture
async def whole(service: Services) -> Whole:
    """Both services behind the portal; two fictional States with their people."""
    pledges = await service("pledges")
    to_pledges = httpx.ASGITransport(pledges.app, raise_app_exceptions=False)
    provider = httpx.MockTransport(gives_token)
    asking = httpx.AsyncClient(transport=to_pledges, mounts={MAIL.oidc_issuer: provider})
    support = await service("network_support", http=asking)
    to_support = httpx.ASGITransport(support.app, raise_app_exceptions=False)
    mounts: dict[str, httpx.AsyncBaseTransport] = {PLEDGES: to_pledges, SUPPORT: to_support}
    http = httpx.AsyncClient(mounts=mounts)
    await add_entity(pledges)
    await add_entity(pledges, entity_id="kalmora", names={"en": "Kalmora"}, aliases=[])
    for person, role in (("amina", "focal_point"), ("dario", "delegate"), ("vera", "viewer")):
        await give(pledges, person, role)
    await give(pledges, "kofi", entity_id="kalmora")
    return Whole(Portal(parts(http, pledges.clock_file)), pledges, support, mounts=mounts)
