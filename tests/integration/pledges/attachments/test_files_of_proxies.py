"""Files of a pledge that one entity files in the name of another: its people send them while they may save it."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.api import once
from tests.support.entities import REVIEWER, STAFF, add_entity, end, give
from tests.support.files import PDF
from tests.support.tokens import bearer

DINA, KIKI, TARIQ = bearer("dina"), bearer("kiki"), bearer("tariq")
NAMED = {"Content-Disposition": 'attachment; filename="plan.pdf"'}


@pytest.fixture
async def filed(desk: Desk) -> str:
    """The id of a draft that Kalmora, where Dina writes too and Kiki reads, filed in Veridia's name."""
    await add_entity(desk.service, entity_id="tarela", kind="local_government", names={"en": "Tarela"}, aliases=[])
    await give(desk.service, "tariq", entity_id="tarela")
    await give(desk.service, "kiki", "viewer", entity_id="kalmora")
    await give(desk.service, "dina", "delegate", entity_id="kalmora")
    made = await desk.post("/pledges", EXAMPLE | {"entity_id": "veridia", "proxy_entity_id": "kalmora"}, KOFI)
    return str(made.json()["pledge_id"])


async def send(desk: Desk, pledge_id: str, who: dict[str, str]) -> httpx.Response:
    path = f"/pledges/{pledge_id}/attachments"
    return await desk.service.client.post(path, content=PDF, headers=once(who) | NAMED)


async def step(desk: Desk, pledge_id: str, act: str, body: object = None, who: dict[str, str] = AMINA) -> None:
    done = await desk.post(f"/pledges/{pledge_id}/{act}", body, who, seen=await desk.etag(pledge_id))
    assert done.status_code == 200, done.text


async def submitted(desk: Desk, pledge_id: str) -> None:
    await step(desk, pledge_id, "submit")


async def sent_back(desk: Desk, pledge_id: str) -> None:
    await submitted(desk, pledge_id)
    await step(desk, pledge_id, "request-changes", {"fields": [{"field": "title", "says": "Say more."}]}, STAFF)


async def published(desk: Desk, pledge_id: str) -> None:
    await submitted(desk, pledge_id)
    await step(desk, pledge_id, "publish", who=STAFF)


async def closed(desk: Desk, pledge_id: str) -> None:
    await published(desk, pledge_id)
    await step(desk, pledge_id, "close", {"reason": "ended"})


async def drafted(_: Desk, __: str) -> None: ...


STATES = {"draft": drafted, "submitted": submitted, "asked": sent_back, "published": published, "closed": closed}


@pytest.mark.parametrize("reach", STATES.values(), ids=STATES.keys())
async def test_its_filers_send_files_exactly_when_they_may_save_it(
    desk: Desk, filed: str, reach: Callable[[Desk, str], Awaitable[None]]
) -> None:
    await reach(desk, filed)
    for who in (KOFI, DINA, KIKI, TARIQ, STAFF, REVIEWER, {}):
        sent = await send(desk, filed, who)
        saved = await desk.patch(f"/pledges/{filed}", {"title": EXAMPLE["title"]}, who, seen=await desk.etag(filed))
        assert sent.status_code == (201 if saved.is_success else saved.status_code), (sent.text, saved.text)


async def test_a_file_of_who_filed_it_is_seen_by_both_sides_and_published_with_the_pledge(
    desk: Desk, filed: str
) -> None:
    sent = (await send(desk, filed, KOFI)).json()
    assert sent["by"] == "proxy"
    own = f"/pledges/{filed}/working-copy/attachments/{sent['attachment_id']}"
    for who, status in ((KOFI, 200), (KIKI, 200), (AMINA, 200), (VERA, 200), (STAFF, 200), (TARIQ, 404), ({}, 401)):
        assert (await desk.get(own, who)).status_code == status
        assert (await desk.get(f"/pledges/{filed}/attachments", who)).status_code == status
    [listed] = (await desk.get(f"/pledges/{filed}/attachments", KIKI)).json()["items"]
    assert listed == sent
    seen = await desk.etag(filed)
    pointed = await desk.patch(f"/pledges/{filed}", {"attachment": sent["attachment_id"]}, KOFI, seen=seen)
    assert pointed.json()["proxy"]["answer"] == "asked"
    await published(desk, filed)
    assert (await desk.get(f"/pledges/{filed}/attachments/{sent['attachment_id']}")).content == PDF


async def test_its_filers_remove_what_they_may_save_and_nobody_else_of_theirs(desk: Desk, filed: str) -> None:
    sent = (await send(desk, filed, KOFI)).json()
    path = f"/pledges/{filed}/attachments/{sent['attachment_id']}/remove"
    for who, status in ((KIKI, 403), (TARIQ, 404), (STAFF, 403)):
        assert (await desk.post(path, who=who)).status_code == status
    assert (await desk.post(path, who=DINA)).status_code == 200
    kept = (await send(desk, filed, KOFI)).json()
    await submitted(desk, filed)
    refused = await desk.post(path.replace(sent["attachment_id"], kept["attachment_id"]), who=KOFI)
    assert (refused.status_code, "wait until they publish it" in refused.json()["detail"]) == (409, True)


async def test_its_filers_neither_see_nor_remove_what_its_entity_may_report_with(desk: Desk, filed: str) -> None:
    theirs = (await send(desk, filed, AMINA)).json()["attachment_id"]
    own = (await send(desk, filed, KOFI)).json()["attachment_id"]
    path = f"/pledges/{filed}/working-copy/attachments/{theirs}"
    assert await ids(desk, filed, KOFI) == [own]
    assert await ids(desk, filed, AMINA) == [own, theirs]
    assert (await desk.get(path, KOFI)).status_code == 404
    assert (await desk.post(f"/pledges/{filed}/attachments/{theirs}/remove", who=KOFI)).status_code == 403
    await desk.patch(f"/pledges/{filed}", {"attachment": theirs}, seen=await desk.etag(filed))
    assert await ids(desk, filed, KOFI) == [own, theirs]
    assert (await desk.get(path, KOFI)).content == PDF


async def ids(desk: Desk, pledge_id: str, who: dict[str, str]) -> list[str]:
    items = (await desk.get(f"/pledges/{pledge_id}/attachments", who)).json()["items"]
    return [item["attachment_id"] for item in items]


async def test_whose_membership_of_the_filer_has_ended_sends_nothing(desk: Desk, filed: str) -> None:
    held = await give(desk.service, "ines", entity_id="kalmora")
    assert (await send(desk, filed, bearer("ines"))).status_code == 201
    await end(desk.service, held)
    assert (await send(desk, filed, bearer("ines"))).status_code == 404
