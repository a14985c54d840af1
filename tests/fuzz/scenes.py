"""What is there when a service is tried, and its ids, by the names that schemathesis.toml has for them."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import httpx
from uuid_utils.compat import uuid7

from services.pledges.registry.content import EXAMPLE
from tests.integration.network_support.offering import in_matching, matches, offered
from tests.integration.network_support.support import People, Support
from tests.integration.notifications.people import People as Mailed
from tests.integration.notifications.support import opened as notifying
from tests.support.api import Service, Services, once
from tests.support.entities import STAFF, add_entity, give, made, register
from tests.support.files import PDF
from tests.support.tokens import bearer

Scene = tuple[Service, dict[str, str]]
NAMES = (
    "DRAFT",
    "PUBLISHED",
    "ATTACHMENT",
    "IMPORT",
    "REQUEST",
    "MATCHING",
    "OFFER",
    "MATCH",
)  # ids of what one of the services has


async def pledges(make: Services, _: AsyncExitStack) -> Scene:
    """Two States and what they have."""
    service = await make("pledges")
    amina, content = bearer("amina"), EXAMPLE | {"entity_id": "veridia"}
    for entity in ("veridia", "kalmora"):
        await add_entity(service, entity_id=entity, names={"en": entity.title()}, aliases=[])
    for person, entity in (("amina", "veridia"), ("vera", "veridia"), ("kofi", "kalmora")):
        await register(service, person)
        await give(service, person, entity_id=entity)
    await register(service, "leaver")

    async def post(path: str, who: dict[str, str], **body: object) -> dict[str, str]:
        return await made(service.client.post(path, json=body, headers=once(who)))

    draft = await post("/pledges", amina, **content)
    public = await post("/pledges", amina, **content, submit=True)
    publishing = once(STAFF) | {"If-Match": '"1"'}
    await made(service.client.post(f"/pledges/{public['pledge_id']}/publish", headers=publishing))
    named = once(amina) | {"Content-Disposition": 'attachment; filename="plan.pdf"'}
    file = await made(service.client.post(f"/pledges/{draft['pledge_id']}/attachments", content=PDF, headers=named))
    sheet = await post("/imports", amina, name="pledges.csv", size=10, entity_id="veridia")
    return service, {
        "DRAFT": draft["pledge_id"],
        "PUBLISHED": public["pledge_id"],
        "ATTACHMENT": file["attachment_id"],
        "IMPORT": sheet["import_id"],
    }


async def network_support(make: Services, _: AsyncExitStack) -> Scene:
    """A request for a pledge of Veridia, one for a pledge that is not known yet, and one with an offer."""
    people = People()
    http = httpx.AsyncClient(transport=httpx.MockTransport(people))
    support, known, unknown = Support(await make("network_support", http=http), people), uuid7(), uuid7()
    await support.hears(known)
    request = await support.opened(known)
    await support.opened(unknown)
    offer = await offered(support)
    matching = await in_matching(support, offer)
    [match] = await matches(support, matching)
    there = {"PUBLISHED": str(known), "DRAFT": str(unknown), "REQUEST": request["request_id"]}
    there |= {"MATCHING": matching["request_id"], "OFFER": offer["offer_id"], "MATCH": match["match_id"]}
    return support.service, there


async def notifications(make: Services, stack: AsyncExitStack) -> Scene:
    """A plan of reminders, some of them sent."""
    post = await stack.enter_async_context(notifying(await make("notifications"), Mailed()))
    known = uuid7()
    await post.knows_milestone()
    await post.knows(known)
    await post.planner().tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    return post.service, {"PUBLISHED": str(known)}


SCENES: dict[str, Callable[[Services, AsyncExitStack], Awaitable[Scene]]] = {
    "pledges": pledges,
    "network_support": network_support,
    "notifications": notifications,
}


def named(there: dict[str, str]) -> dict[str, str]:
    """With an id of nothing for what this service does not have."""
    return dict.fromkeys(NAMES, str(uuid4())) | there
