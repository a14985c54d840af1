"""The calendar of an entity's reviews at an address of the portal, for programs that subscribe to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.integration.notifications.people import People
from tests.integration.notifications.support import opened
from tests.support.api import Services
from tests.support.portal import Browser, Portal, parts

ADDRESS = "http://notifications.invalid"
FEED = "/entities/veridia/calendar.ics"


@pytest.fixture
async def anybody(service: Services) -> AsyncIterator[Browser]:
    """Before the notifications service, which knows one pledge and the plenary."""
    async with opened(await service("notifications"), People()) as post:
        await post.knows(uuid7())
        await post.knows_milestone(names={"en": "Plenary", "fr": "Plénière"})
        transport = httpx.ASGITransport(post.service.app, raise_app_exceptions=False)
        http = httpx.AsyncClient(mounts={ADDRESS: transport})
        yield Portal(parts(http, post.service.clock_file, notifications_url=ADDRESS)).browser()


async def test_anybody_gets_it_and_the_same_answer_once(anybody: Browser) -> None:
    found = await anybody.get(f"{FEED}?language=fr")
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "Plénière" in found.text
    again = await anybody.get(f"{FEED}?language=fr", **{"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_without_a_language_in_the_readers(anybody: Browser) -> None:
    assert "SUMMARY;LANGUAGE=en:Plenary" in (await anybody.get(FEED)).text


async def test_an_entity_that_has_published_nothing_has_none(anybody: Browser) -> None:
    assert (await anybody.get("/entities/nowhere/calendar.ics")).status_code == 404
