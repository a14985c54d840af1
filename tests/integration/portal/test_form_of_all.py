"""The form of a pledge shows all that a pledge says; whoever saves it loses nothing, and everybody reads the same."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.integration.portal.whole import Whole, follow
from tests.support.api import once
from tests.support.entities import STAFF, add_entity
from tests.support.portal import Browser

MORE: dict[str, Any] = {
    "partner_entities": ["tarela"],
    "places": [{"country": "KEN", "name": "Nairobi"}, {"country": None, "name": "Lake Tana"}],
    "money": [
        {"said": "up to 2 million euros", "amount": "2000000", "currency": "EUR", "bound": "up_to"},
        {"said": "three <b>vans</b>", "amount": None, "currency": None, "bound": "exactly"},
    ],
    "national_plan": {"title": "A plan", "url": "https://veridia.example/plan"},
    "translations": [{"language": "ar", "title": "وثائق الهوية", "description": "سطر\nآخر"}],
    "external_ids": [{"system": "Register", "id": "2024-17", "url": "https://veridia.example/17"}],
    "levels": ["international", "local"],
    "frameworks": ["paris"],
    "commitments": ["64", "51-2"],
}


class Fields(HTMLParser):
    """What a browser sends of the forms on a page, but for their buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select = self._text = ""  # the name of the field that is being read
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in {"select", "textarea"}:
            name = said["name"] or ""
            self._select, self._text = (name, "") if tag == "select" else ("", name)
            self.found[name] = [] if tag == "select" else [""]
        elif tag == "option" and ("selected" in said or not self.found[self._select]):
            self.found[self._select] = [said["value"] or ""]
        elif tag == "input" and (said.get("type") not in {"checkbox", "radio"} or "checked" in said):
            self.found.setdefault(said["name"] or "", []).append(said.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._select = self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text] = [data.removeprefix("\n")]


async def drafted(whole: Whole, **changed: Any) -> str:
    city = {"entity_id": "tarela", "kind": "local_government", "names": {"en": "City of Tarela"}}
    await add_entity(whole.pledges, **city, aliases=[], groups=[])
    return await whole.draft(**(MORE | changed))


async def opened(browser: Browser, path: str) -> dict[str, list[str]]:
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return Fields(page.text.partition("<main")[2]).found


async def test_whoever_saves_the_form_loses_nothing(whole: Whole) -> None:
    pledge_id = await drafted(whole)
    before = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    amina, path = whole.person("amina"), f"/my/pledges/{pledge_id}"
    form = await opened(amina, path)
    same = await amina.post(f"{path}/autosave", form)
    assert same.json()["state"] == "same", "what the form says is what was saved"
    saved = await amina.post(path, form | {"title": ["Another title"], "action": ["save"]})
    page = await follow(amina, saved)
    after = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    assert after == before | {"title": "Another title"}
    assert "tarela: <bdi>City of Tarela</bdi>" in page.text


async def test_each_field_can_be_typed_and_is_saved_by_itself_too(whole: Whole) -> None:
    empty: dict[str, Any] = {name: [] for name in (*MORE, "sdg_targets")} | {"national_plan": None}
    pledge_id = await drafted(whole, **empty)
    amina, path = whole.person("amina"), f"/my/pledges/{pledge_id}"
    form = await opened(amina, path)
    for of in ("places", "money", "translations", "external_ids"):
        more = await amina.post(path, form | {"action": [f"add.{of}"]})
        form = Fields(more.text.partition("<main")[2]).found
        assert re.search(rf'<details id="field-{of}" tabindex="-1" open>', more.text), of
    typed = {
        "levels": ["local"],
        "commitments": ["64"],
        "sdg_targets": ["10.7"],
        "partner_entities": ["tarela"],
        "places.0.country": ["KEN"],
        "money.0.amount": ["2 000 000"],
        "money.0.currency": ["eur"],
        "translations.0.language": ["fr"],
        "translations.0.title": ["Des documents"],
        "external_ids.0.system": ["Register"],
        "external_ids.0.id": ["17"],
        "national_plan.title": ["A plan"],
    }
    half = await amina.post(f"{path}/autosave", form | typed | {"money.0.amount": ["2,000"]})
    assert half.json()["state"] == "saved"
    found = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    assert (found["money"], found["levels"], found["partner_entities"]) == ([], ["local"], ["tarela"])
    saved = await amina.post(path, form | typed | {"seen": [half.json()["seen"]], "action": ["save"]})
    assert saved.status_code == 303, saved.text
    found = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    assert found["money"] == [{"said": None, "amount": "2000000", "currency": "EUR", "bound": "exactly"}]
    assert found["places"] == [{"country": "KEN", "name": None}]
    assert found["translations"] == [{"language": "fr", "title": "Des documents", "description": ""}]
    assert (found["sdg_targets"], found["national_plan"]["title"]) == (["10.7"], "A plan")


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"money.0.currency": "ZZZ"}, "money-0-currency"),
        ({"sdg_targets": "10.7, 99.9"}, "sdg_targets"),
        ({"partner_entities": "nobody-knows"}, "partner_entities"),
        ({"national_plan.url": "ftp://veridia.example"}, "national_plan-url"),
        ({"translations.0.language": "en"}, "form"),
        ({"commitments": "99"}, "commitments"),
    ],
)
async def test_what_is_refused_is_said_at_its_field(whole: Whole, typed: dict[str, str], at: str) -> None:
    pledge_id = await drafted(whole)
    amina, path = whole.person("amina"), f"/my/pledges/{pledge_id}"
    form = await opened(amina, path)
    answer = await amina.post(path, form | {name: [value] for name, value in typed.items()} | {"action": ["save"]})
    assert answer.status_code == 422
    assert re.search(rf'href="#field-{at}"', answer.text), re.findall('href="#field[^"]*"', answer.text)
    assert answer.text.count(f'id="field-{at}"') == 1
    again = Fields(answer.text.partition("<main")[2]).found
    assert again["money.1.said"] == ["three <b>vans</b>"]
    for name, value in typed.items():
        assert value in again.get(name, []) or name == "commitments", "what no checkbox stands for is not kept"


SHOWN = (
    "International",
    "Nairobi, Kenya",
    "Lake Tana",
    "up to 2 million euros (up to 2,000,000 EUR)",
    "three <b>vans</b>",
    "¶ 64: ",
    "SDG target 10.7",
    "Paris Agreement",
    "A plan",
    "City of Tarela",
    "Arabic",
    "وثائق الهوية",
    "Register: 2024-17",
)


async def test_the_desk_and_the_public_read_each_field(whole: Whole) -> None:
    pledge_id = await drafted(whole, submit=True)
    desk = await whole.person("noor", "network_staff").get(f"/desk/submissions/{pledge_id}")
    headers = once(STAFF) | {"If-Match": '"1"'}
    assert (await whole.pledges.client.post(f"/pledges/{pledge_id}/publish", headers=headers)).is_success
    amina = whole.person("amina")
    pages = (desk, await amina.get(f"/my/pledges/{pledge_id}"), await amina.get(f"/pledges/{pledge_id}"))
    old = await amina.get(f"/pledges/{pledge_id}?version=1")
    for page in (*pages, old):
        assert page.status_code == 200
        assert "<b>vans" not in page.text
        assert 'href="https://veridia.example/plan" rel="noopener noreferrer external"' in page.text
        text = unescape(page.text)
        assert [words for words in SHOWN if words not in text] == []
