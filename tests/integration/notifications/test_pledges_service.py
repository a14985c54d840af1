"""Against the real pledges service: its contacts are understood, and what it says at the moment of sending holds."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from services.pledges.progress.schemas import EXAMPLE as REPORT
from services.pledges.registry.content import EXAMPLE
from shared.events.pledges import PledgeStep
from tests.integration.notifications.inbox import text
from tests.integration.notifications.people import People
from tests.integration.notifications.support import Post, opened
from tests.support.api import Service, Services, once
from tests.support.tokens import bearer

ADMIN = bearer("ada", "admin")
AMINA, NOOR = "amina@demo.invalid", "noor@demo.invalid"


@dataclass
class Both:
    pledges: Service
    post: Post
    pledge_id: UUID
    membership: str

    async def submitted(self) -> None:
        step = PledgeStep(pledge_id=self.pledge_id, entity_id="veridia", state="submitted", revision=1)
        await self.post.hears("pledge.submitted.v1", step)


async def made(pledges: Service, path: str, body: object, headers: dict[str, str] = ADMIN) -> dict[str, Any]:
    answer = await pledges.client.post(path, json=body, headers=once(headers))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass
class Router:
    """Tokens as the identity provider would give them, everything else to the pledges service."""

    app: httpx.ASGITransport

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            token = bearer("gcm-service", "service")["Authorization"].removeprefix("Bearer ")
            return httpx.Response(200, json={"access_token": token, "expires_in": 300})
        return await self.app.handle_async_request(request)


@pytest.fixture
async def both(service: Services, pledges: Service) -> AsyncIterator[Both]:
    veridia = {"entity_id": "veridia", "kind": "member_state", "names": {"en": "Veridia"}, "fictional": True}
    await made(pledges, "/entities", veridia)
    for person, desk in (("amina", False), ("noor", True)):
        contact = {"name": person.title(), "address": f"{person}@demo.invalid", "language": "fr", "time_zone": "UTC"}
        await made(pledges, "/people", {"person_id": person, "desk": desk, **contact})
    role = {"person_id": "amina", "role": "focal_point"}
    membership = await made(pledges, "/entities/veridia/memberships", role)
    draft = EXAMPLE | {"entity_id": "veridia", "title": "Schools & clinics", "submit": True}
    pledge = await made(pledges, "/pledges", draft, bearer("amina"))
    router = cast(People, Router(httpx.ASGITransport(pledges.app)))
    async with opened(await service("notifications"), router) as post:
        yield Both(pledges, post, UUID(pledge["pledge_id"]), membership["membership_id"])


async def test_an_unpublished_title_reaches_those_who_may_read_it(both: Both) -> None:
    await both.submitted()
    await both.post.send()
    assert both.post.inbox.sent() == [(AMINA, "pledge_received"), (NOOR, "pledge_submitted")]
    assert all("Schools & clinics" in text(mail) for mail in both.post.inbox.mails)
    assert all(mail["Content-Language"] == "fr" for mail in both.post.inbox.mails)


async def test_a_membership_that_ended_after_the_mail_was_queued(both: Both) -> None:
    await both.submitted()
    await both.post.expander().once()
    path = f"/entities/veridia/memberships/{both.membership}/end"
    assert (await both.pledges.client.post(path, headers=once(ADMIN))).status_code == 200
    await both.post.send()
    assert both.post.inbox.sent() == [(NOOR, "pledge_submitted")]
    reasons = {row["person_id"]: row["reason"] for row in await both.post.deliveries()}
    assert reasons == {"amina": "no_membership", "noor": None}


async def test_a_reminder_for_whoever_is_focal_point(both: Both) -> None:
    await both.post.knows(both.pledge_id, title="Schools & clinics")
    await both.post.knows_milestone()
    both.post.set_clock(2024, 11, 5)
    await both.post.tick()
    assert both.post.inbox.sent() == [(AMINA, "reminder")]


async def test_a_reminders_link_is_good_for_one_report(both: Both) -> None:
    staff, path = bearer("noor", "network_staff"), f"/pledges/{both.pledge_id}/publish"
    published = await both.pledges.client.post(path, headers=once(staff) | {"If-Match": '"1"'})
    assert published.status_code == 200, published.text
    await both.post.knows(both.pledge_id, title="Schools & clinics")
    await both.post.knows_milestone()
    both.post.set_clock(2024, 11, 5)
    await both.post.tick()
    [mail] = both.post.inbox.mails
    [token] = re.findall(r"http://public\.test/links/(\S+)", text(mail))
    use = {"token": token, "report": REPORT}
    answers = [await both.pledges.client.post("/links/use", json=use) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    tables = await both.post.service.rows("select tablename from pg_tables where schemaname = 'public'")
    for row in tables:  # it left with the mail, and was kept nowhere
        query = f"select count(*) as n from {row['tablename']} t where t::text like :token"  # noqa: S608
        assert await both.post.service.rows(query, token=f"%{token[20:60]}%") == [{"n": 0}], row
