"""The page of a reminder's link, in front of the real pledges service: what it shows, records, and leaves alone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.pledges.progress.schemas import EXAMPLE as REPORT
from services.pledges.progress.sealing import Grant
from services.pledges.registry.content import EXAMPLE
from services.portal.csrf import FIELD
from tests.support.api import SEAL, Service, once
from tests.support.entities import MACHINE, STAFF, add_entity, end, give, made, register
from tests.support.portal import PLEDGES, Browser, Portal, hidden_fields, parts
from tests.support.tokens import bearer

TITLE = '<b>Documents</b> & "papers"'
NO_CHANGE = {"action": "no_change"}
FORM = {"action": "report", "status": "delayed", "summary": "Later than we hoped.", "value.0": "8"}


@dataclass
class Visitor:
    """Whoever opened Amina's link, in a browser of their own, without signing in."""

    pledges: Service
    portal: Portal
    browser: Browser
    pledge_id: str
    membership: dict[str, Any]
    address: str = ""

    async def link(self, **report: Any) -> None:
        """A link for a pledge that has been reported on once."""
        if report:
            headers = once(bearer("amina"))
            await made(self.pledges.client.post(f"/pledges/{self.pledge_id}/updates", json=report, headers=headers))
        wanted = {"person_id": "amina", "entity_id": "veridia", "pledge_ids": [self.pledge_id]}
        found = await made(self.pledges.client.post("/contacts/resolve", json=wanted, headers=MACHINE))
        self.address = f"/links/{found['links'][self.pledge_id]}"

    async def look(self) -> httpx.Response:
        return await self.browser.get(self.address)

    async def send(self, form: dict[str, Any]) -> httpx.Response:
        return await self.browser.post(self.address, hidden_fields(await self.look()) | form)

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        assert answer.status_code == 303, answer.text
        return await self.browser.get(answer.headers["location"])

    async def reports(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await made(self.pledges.client.get(f"/pledges/{self.pledge_id}/updates")))[
            "items"
        ]
        return items

    async def fingerprint(self) -> dict[str, str]:
        """Of every table of the pledges service."""
        tables = await self.pledges.rows("select tablename from pg_tables where schemaname = 'public'")
        found = {}
        for name in sorted(row["tablename"] for row in tables):
            query = f"select md5(string_agg(t::text, '|' order by t::text)) as mark from {name} t"  # noqa: S608
            found[name] = str((await self.pledges.rows(query))[0]["mark"])
        return found


@pytest.fixture
async def visitor(pledges: Service) -> AsyncIterator[Visitor]:
    await add_entity(pledges)
    membership = await give(pledges, "amina")
    await register(pledges, "amina")
    wish = EXAMPLE | {"entity_id": "veridia", "title": TITLE, "submit": True}
    submitted = await pledges.client.post("/pledges", json=wish, headers=once(bearer("amina")))
    path = f"/pledges/{submitted.json()['pledge_id']}"
    seen = {"If-Match": submitted.headers["etag"]}
    await made(pledges.client.post(f"{path}/publish", headers=once(STAFF) | seen))
    async with httpx.AsyncClient(mounts={PLEDGES: httpx.ASGITransport(pledges.app)}) as http:
        portal = Portal(parts(http, pledges.clock_file))
        yield Visitor(pledges, portal, portal.browser(), submitted.json()["pledge_id"], membership)


@pytest.fixture
async def reminded(visitor: Visitor) -> Visitor:
    await visitor.link(**REPORT)
    return visitor


def words(answer: httpx.Response) -> str:
    """What stands on the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.text))


async def test_it_says_before_what_it_will_record(reminded: Visitor) -> None:
    answer = await reminded.look()
    assert answer.status_code == 200
    said = words(answer)
    for part in (
        "Veridia",
        "In progress",
        REPORT["summary"][:40],
        "No change since our last report",
        "2 September 2024",
    ):
        assert part in said, said
    assert f'href="/my/pledges/{reminded.pledge_id}/support"' in answer.text  # who cannot go on alone asks for help
    assert "&lt;b&gt;Documents" in answer.text
    assert "<b>Documents" not in answer.text
    assert "<script" not in answer.text
    assert re.search(r'value="in_progress" checked', answer.text)  # the form begins with what was reported last
    assert re.search(r'name="value.0"[^>]* value="7"', answer.text)
    assert "amina" not in answer.text.lower()


async def test_one_button_records_that_nothing_has_changed_and_says_so(reminded: Visitor) -> None:
    after = await reminded.follow(await reminded.send(NO_CHANGE))
    assert [(update["no_change"], update["status"]) for update in await reminded.reports()] == [
        (True, "in_progress"),
        (False, "in_progress"),
    ]
    assert after.status_code == 200
    assert "Your report is public now." in words(after)
    assert "In progress – no change" in words(after)
    assert f'href="/pledges/{reminded.pledge_id}"' in after.text


async def test_the_form_records_what_has_changed(reminded: Visitor) -> None:
    after = await reminded.follow(await reminded.send(FORM))
    update = (await reminded.reports())[0]
    assert (update["status"], update["summary"], update["barriers"]) == ("delayed", FORM["summary"], [])
    assert [(value["target"], value["value"]) for value in update["values"]] == [(EXAMPLE["targets"][0]["what"], "8")]
    assert "Later than we hoped." in words(after)


async def test_who_is_stuck_is_told_of_the_draft_that_is_made(reminded: Visitor) -> None:
    after = await reminded.follow(await reminded.send(FORM | {"barriers": "resources", "stuck": "yes"}))
    assert (await reminded.reports())[0]["stuck"] is True
    assert "a draft of a request for support is made from it" in words(after)


async def test_without_a_report_yet_there_is_nothing_to_confirm(visitor: Visitor) -> None:
    await visitor.link()
    answer = await visitor.look()
    assert "Nothing has been reported on it yet." in words(answer)
    assert "no_change" not in answer.text
    refused = await visitor.send(NO_CHANGE)
    assert (refused.status_code, await visitor.reports()) == (422, [])


async def test_the_back_button_and_a_second_click_show_what_was_recorded(reminded: Visitor) -> None:
    form = hidden_fields(await reminded.look()) | FORM
    await reminded.browser.post(reminded.address, form)
    before = await reminded.fingerprint()
    again = await reminded.follow(await reminded.browser.post(reminded.address, form | NO_CHANGE))
    back = await reminded.look()
    for answer in (again, back):
        assert answer.status_code == 200
        assert "This link has been used" in words(answer)
        assert "Later than we hoped." in words(answer)
    assert await reminded.fingerprint() == before


async def test_opened_ten_times_by_get_and_head(reminded: Visitor) -> None:
    before = await reminded.fingerprint()
    for _ in range(10):
        assert (await reminded.look()).status_code == 200
        head = await reminded.browser.http.head(reminded.browser.origin + reminded.address)
        assert (head.status_code, head.content) == (200, b"")
    assert await reminded.fingerprint() == before


async def test_nobody_keeps_lists_or_passes_on_the_address(reminded: Visitor) -> None:
    answers = [await reminded.look(), await reminded.send(FORM | {"status": "?"}), await reminded.send(NO_CHANGE)]
    answers += [await reminded.look(), await reminded.browser.get("/links/none-of-ours")]
    assert [answer.status_code for answer in answers] == [200, 422, 303, 200, 404]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "next=%2Flinks" not in answer.text


async def test_bad_input_comes_back_with_all_that_was_typed(reminded: Visitor) -> None:
    long = "x" * 501
    typed = {"action": "report", "status": "stalled", "summary": "A </textarea> <i>text</i>", "said.0": long}
    answer = await reminded.send(typed | {"barriers": ["resources", "weather"]})
    assert answer.status_code == 422
    for name in ("said-0", "barriers"):
        assert f'id="field-{name}-fault"' in answer.text
        assert f'href="#field-{name}"' in answer.text
    assert "A &lt;/textarea&gt; &lt;i&gt;text&lt;/i&gt;" in answer.text
    assert long in answer.text
    assert re.search(r'value="resources" checked', answer.text)
    missing = await reminded.send({"action": "report", "summary": "Words"})
    assert (missing.status_code, 'id="field-status-fault"' in missing.text) == (422, True)
    assert len(await reminded.reports()) == 1
    assert (await reminded.send(NO_CHANGE)).status_code == 303


async def test_a_form_from_elsewhere_records_nothing(reminded: Visitor) -> None:
    stranger = reminded.portal.browser()
    foreign = hidden_fields(await stranger.get(reminded.address))[FIELD]
    before = await reminded.fingerprint()
    for token in ("", "x", foreign):
        assert (await reminded.browser.post(reminded.address, NO_CHANGE | {FIELD: token})).status_code == 403
    ours = hidden_fields(await reminded.look())[FIELD]
    sent = await reminded.browser.post(reminded.address, NO_CHANGE | {FIELD: ours}, sec_fetch_site="cross-site")
    assert sent.status_code == 403
    assert await reminded.fingerprint() == before


async def test_expired_and_ended_links_show_the_way_onward(reminded: Visitor) -> None:
    now = reminded.pledges.clock.system()
    grant = Grant(link_id=UUID(int=1), person_id="amina", pledge_id=UUID(reminded.pledge_id), until=now - timedelta(1))
    valid, reminded.address = reminded.address, f"/links/{SEAL.token(grant, now)}"
    expired = await reminded.look()
    assert (expired.status_code, "next reminder" in words(expired)) == (410, True)
    reminded.address = valid
    sent = hidden_fields(await reminded.look()) | FORM
    await end(reminded.pledges, reminded.membership)
    before = await reminded.fingerprint()
    ended = await reminded.follow(await reminded.browser.post(reminded.address, sent))
    assert (ended.status_code, "no longer" in words(ended)) == (410, True)
    for answer in (expired, ended):
        assert f'href="/my/pledges/{reminded.pledge_id}/report"' in answer.text
        assert "<form" not in answer.text
    assert await reminded.fingerprint() == before


@pytest.mark.parametrize("token", ["none-of-ours", "gAAAAABn", "%00", "%F0%9F%90%A3", "x" * 3000])
async def test_what_is_no_link_of_ours(visitor: Visitor, token: str) -> None:
    answer = await visitor.browser.get(f"/links/{token}")
    assert answer.status_code in {400, 404}
    assert "Traceback" not in answer.text


async def test_while_the_pledges_service_is_away(reminded: Visitor) -> None:
    away = httpx.MockTransport(lambda _: httpx.Response(503))
    async with httpx.AsyncClient(transport=away) as http:
        browser = Portal(parts(http)).browser()
        answer = await browser.get(reminded.address)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_no_change_confirms_the_report_that_was_shown_and_no_other(reminded: Visitor) -> None:
    shown = hidden_fields(await reminded.look())
    headers = once(bearer("amina"))
    path = f"/pledges/{reminded.pledge_id}/updates"
    await made(reminded.pledges.client.post(path, json={"status": "stalled"}, headers=headers))
    answer = await reminded.browser.post(reminded.address, shown | NO_CHANGE)
    assert answer.status_code == 422
    assert "read that one first" in words(answer)
    assert "it still is: Stalled" in words(answer)
    assert [update["no_change"] for update in await reminded.reports()] == [False, False]
    await reminded.follow(await reminded.browser.post(reminded.address, hidden_fields(answer) | NO_CHANGE))
    assert (await reminded.reports())[0]["no_change"]


async def test_a_value_stays_with_the_target_that_was_shown(reminded: Visitor) -> None:
    """While the form is open a new version puts another target first, and then only that one is left."""
    shown = hidden_fields(await reminded.look())
    other = EXAMPLE["targets"][0] | {"what": "Laws"}
    await amend(reminded, [other, *EXAMPLE["targets"]])
    await reminded.follow(await reminded.browser.post(reminded.address, shown | FORM))
    [value] = (await reminded.reports())[0]["values"]
    assert (value["target"], value["value"]) == (EXAMPLE["targets"][0]["what"], "8")
    await reminded.link()
    shown = hidden_fields(await reminded.look())
    await amend(reminded, [other])
    answer = await reminded.browser.post(reminded.address, shown | FORM | {"value.1": "9"})
    assert answer.status_code == 422
    assert f"no targets of it any more: {EXAMPLE['targets'][0]['what']}: 9" in words(answer)
    assert len(await reminded.reports()) == 2


async def amend(visitor: Visitor, targets: list[dict[str, Any]]) -> None:
    """The next version of the pledge is published with these targets."""
    client, path, amina = visitor.pledges.client, f"/pledges/{visitor.pledge_id}", bearer("amina")
    seen = (await client.get(f"{path}/working-copy", headers=amina)).headers["etag"]
    content = EXAMPLE | {"title": TITLE, "targets": targets}
    for method, at, body, who in (
        ("PUT", path, content, amina),
        ("POST", f"{path}/submit", None, amina),
        ("POST", f"{path}/publish", None, STAFF),
    ):
        answer = await client.request(method, at, json=body, headers=once(who) | {"If-Match": seen})
        assert answer.is_success, answer.text
        seen = answer.headers["etag"]
