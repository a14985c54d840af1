"""The composed system from outside: one pledge on its way, and what cannot be reached. Steps follow each other."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.containers.compose import Compose
from tests.support.portal import Browser
from tests.support.stack import eventually

pytestmark = pytest.mark.timeout(1500)  # the images are built for whoever comes first
AMINA, NOOR = "amina@demo.invalid", "noor@demo.invalid"


def _mails(compose: Compose, *expected: tuple[str, str]) -> None:
    """These (address, template) have come; others may have."""

    def come() -> bool:
        reasons = [(mail["to"][0], mail["headers"]["X-GCM-Reason"].partition("; ")[2]) for mail in compose.inbox.all()]
        return set(expected) <= set(reasons)

    eventually(come, within=60)


@pytest.fixture(scope="module")
def pledge() -> dict[str, Any]:
    """What the steps hand on to each other."""
    return {}


def test_a_pledge_is_submitted_and_published(compose: Compose, pledge: dict[str, Any]) -> None:
    amina, noor = compose.person("amina"), compose.person("noor")
    content = compose.example("pledges", "put", "/pledges/{pledge_id}") | {"title": "Documents from a container"}
    made = amina.post("pledges", "/pledges", content | {"entity_id": "veridia", "submit": True})
    assert made.status_code == 201, made.text
    pledge["id"] = made.json()["pledge_id"]
    _mails(compose, (NOOR, "pledge_submitted"), (AMINA, "pledge_received"))
    published = noor.post("pledges", f"/pledges/{pledge['id']}/publish", seen=made.headers["etag"])
    assert published.status_code == 200, published.text
    _mails(compose, (AMINA, "pledge_published"))
    assert compose.anyone.get("pledges", f"/pledges/{pledge['id']}").json()["title"] == "Documents from a container"


def test_support_crosses_the_services(compose: Compose, pledge: dict[str, Any]) -> None:
    amina, noor = compose.person("amina"), compose.person("noor")
    body = compose.example("network_support", "post", "/requests")
    asked = amina.post("network_support", "/requests", body | {"entity_id": "veridia", "pledge_id": pledge["id"]})
    assert asked.status_code == 201, asked.text
    path = f"/requests/{asked.json()['request_id']}"
    acknowledged = noor.post("network_support", f"{path}/acknowledge", seen=asked.headers["etag"])
    assert acknowledged.status_code == 200, acknowledged.text
    _mails(compose, (NOOR, "support_requested"), (AMINA, "support_acknowledged"))
    shown = eventually(lambda: compose.anyone.get("pledges", f"/pledges/{pledge['id']}").json()["support"])
    assert [support["status"] for support in shown] == ["requested"]


def test_progress_is_reported(compose: Compose, pledge: dict[str, Any]) -> None:
    body = compose.example("pledges", "post", "/pledges/{pledge_id}/updates")
    path = f"/pledges/{pledge['id']}/updates"
    reported = compose.person("amina").post("pledges", path, body)
    assert reported.status_code == 201, reported.text
    assert len(compose.anyone.get("pledges", path).json()["items"]) == 1


async def test_a_persona_signs_in_at_the_portal(compose: Compose) -> None:
    """Through the published ports alone: the portal, Keycloak's form, and back with a session."""
    async with httpx.AsyncClient() as http:
        browser = Browser(http, compose.portal)
        to_provider = await browser.get("/sign-in?next=/")
        page = await browser.get(to_provider.headers["location"])
        action = re.search(r'<form id="kc-form-login"[^>]*action="([^"]+)"', page.text, re.DOTALL)
        assert action, page.text
        form = {"username": "amina", "password": compose.values["GCM_DEMO_PASSWORD"]}
        back = await browser.post(unescape(action[1]), form)
        entered = await browser.get(back.headers["location"])
        assert entered.status_code == 303, entered.text
        assert "Amina" in (await browser.get("/")).text


def test_no_service_reaches_the_data_of_another(compose: Compose) -> None:
    """From inside, with its own password and the other's database."""
    script = (
        "import asyncio, asyncpg, os; url = os.environ['GCM_DATABASE_URL'].rpartition('/')[0]\n"
        "for name in ('pledges', 'network_support', 'notifications', 'keycloak', 'postgres', 'template1'):\n"
        "    try: asyncio.run(asyncpg.connect(url + '/' + name)); print(name, 'yes')\n"
        "    except asyncpg.InsufficientPrivilegeError: print(name, 'no')\n"
    )
    said = compose("exec", "-T", "pledges-api", "python", "-c", script)
    others = ("network_support", "notifications", "keycloak", "postgres", "template1")
    assert said.splitlines() == ["pledges yes", *(f"{name} no" for name in others)]


def test_what_is_published_is_all_that_is_published(compose: Compose) -> None:
    """The parts behind have a network without a way out."""
    script = "import socket; socket.create_connection(('{}', {}), 2)"
    inside = compose("exec", "-T", "pledges-relay", "python", "-c", script.format("postgres", 5432))
    assert inside == ""
    with pytest.raises(AssertionError, match=r"timed out|unreachable|[Rr]efused"):
        compose("exec", "-T", "pledges-relay", "python", "-c", script.format("192.0.2.1", 80))
    with pytest.raises(AssertionError, match=r"resolution|not known"):
        compose("exec", "-T", "inbox", "python", "-c", script.format("postgres", 5432))


def test_the_image_cannot_be_written_to_and_is_not_root(compose: Compose) -> None:
    script = "import os; print(os.getuid()); open('/opt/gcm/new', 'w')"
    with pytest.raises(AssertionError, match="Read-only file system"):
        compose("exec", "-T", "pledges-api", "python", "-c", script)
    assert compose("exec", "-T", "pledges-api", "python", "-c", "import os; print(os.getuid())").strip() == "10001"


def test_it_ends_and_comes_back_with_its_data(compose: Compose, pledge: dict[str, Any]) -> None:
    compose("stop")
    compose("start")
    eventually(compose.ready, within=300)
    assert compose.anyone.get("pledges", f"/pledges/{pledge['id']}").status_code == 200
