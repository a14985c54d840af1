"""One pledge crosses three services, through HTTP only: the journey of docs/architecture.md, with the exact mails."""

import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.support.portal import hidden_fields
from tests.support.stack import Inbox, Person, Stack, eventually

SECRET = "zanzibar-lantern"  # a word that stands in unpublished texts only
AMINA, NOOR, KOFI = "amina@demo.invalid", "noor@demo.invalid", "kofi@demo.invalid"

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first


def expect(inbox: Inbox, *expected: tuple[str, str]) -> list[dict[str, Any]]:
    """Exactly these (address, template) and no others; one that comes later fails the next look."""
    mails: list[dict[str, Any]] = []

    def arrived() -> bool:
        mails.extend(inbox.new())
        return len(mails) >= len(expected)

    eventually(arrived)
    assert sorted((mail["to"][0], template(mail)) for mail in mails) == sorted(expected)
    for mail in mails:
        assert "because" in mail["text"], mail["text"]
        assert "because" in mail["html"]
        assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    return mails


def template(mail: dict[str, Any]) -> str:
    """The header says for whom and which: `focal_point; pledge_received`."""
    return str(mail["headers"]["X-GCM-Reason"]).partition("; ")[2]


def fields(problem: dict[str, Any]) -> set[str]:
    return {fault["field"] for fault in problem["errors"]}


@pytest.fixture(scope="module")
def pledge(stack: Stack) -> dict[str, Any]:
    """What the steps hand on to each other; they run in the order of this file."""
    stack.inbox.settle()
    return {}


def test_a_draft_is_completed_and_submitted(stack: Stack, amina: Person, pledge: dict[str, Any]) -> None:
    draft = amina.post("pledges", "/pledges", {"entity_id": "veridia", "title": f"Documents {SECRET}"})
    assert draft.status_code == 201, draft.text
    pledge["id"] = draft.json()["pledge_id"]
    path = f"/pledges/{pledge['id']}"
    refused = amina.post("pledges", f"{path}/submit", seen=draft.headers["etag"])
    assert refused.status_code == 422
    assert {"description", "objectives", "forms"} <= fields(refused.json())
    assert stack.anyone.get("pledges", path).status_code == 404
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"title": f"Documents {SECRET}"}
    saved = amina.put("pledges", path, content, seen=draft.headers["etag"])
    assert saved.status_code == 200, saved.text
    submitted = amina.post("pledges", f"{path}/submit", seen=saved.headers["etag"])
    assert submitted.status_code == 200, submitted.text
    pledge |= {"etag": submitted.headers["etag"], "content": content}
    expect(stack.inbox, (NOOR, "pledge_submitted"), (AMINA, "pledge_received"))


def test_b_the_officer_asks_for_a_change_and_publishes(
    stack: Stack, amina: Person, noor: Person, pledge: dict[str, Any]
) -> None:
    path = f"/pledges/{pledge['id']}"
    change = {"fields": [{"field": "period", "says": f"Please say when it ends. {SECRET}"}]}
    asked = noor.post("pledges", f"{path}/request-changes", change, seen=pledge["etag"])
    assert asked.status_code == 200, asked.text
    expect(stack.inbox, (AMINA, "pledge_changes_requested"))
    content = pledge["content"] | {"title": "Identity documents at every consulate", "period": {"end": "2026-06"}}
    amended = amina.put("pledges", path, content, seen=asked.headers["etag"])
    assert amended.status_code == 200, amended.text
    again = amina.post("pledges", f"{path}/submit", seen=amended.headers["etag"])
    assert again.status_code == 200, again.text
    expect(stack.inbox, (NOOR, "pledge_resubmitted"))
    published = noor.post("pledges", f"{path}/publish", seen=again.headers["etag"])
    assert published.status_code == 200, published.text
    expect(stack.inbox, (AMINA, "pledge_published"))
    public = stack.anyone.get("pledges", path)
    assert public.json()["title"] == "Identity documents at every consulate"
    history = stack.anyone.get("pledges", f"{path}/history")
    assert [step["action"] for step in history.json()["items"]] == ["published"]
    pledge["etag"] = public.headers["etag"]


def test_b_no_unpublished_word_shows(stack: Stack, pledge: dict[str, Any]) -> None:
    path = f"/pledges/{pledge['id']}"
    public = [
        "/pledges",
        path,
        f"{path}/history",
        f"{path}/updates",
        f"{path}/versions/1",
        "/reviews/plenary-2024/pledges",
    ]
    for address in public:
        answer = stack.anyone.get("pledges", address)
        assert answer.status_code == 200, answer.text
        assert SECRET not in answer.text
    assert all(SECRET.encode() not in record for record in stack.records())


def test_c_support_is_requested_and_acknowledged(
    stack: Stack, amina: Person, noor: Person, pledge: dict[str, Any]
) -> None:
    body = stack.example("network_support", "post", "/requests") | {"entity_id": "veridia", "pledge_id": pledge["id"]}
    asked = amina.post("network_support", "/requests", body)
    assert asked.status_code == 201, asked.text
    assert asked.json()["state"] == "submitted"
    expect(stack.inbox, (NOOR, "support_requested"), (AMINA, "support_received"))
    path = f"/requests/{asked.json()['request_id']}"
    acknowledged = noor.post("network_support", f"{path}/acknowledge", seen=asked.headers["etag"])
    assert acknowledged.status_code == 200, acknowledged.text
    expect(stack.inbox, (AMINA, "support_acknowledged"))

    def told() -> Any:
        return stack.anyone.get("pledges", f"/pledges/{pledge['id']}").json()["support"]

    assert [support["status"] for support in eventually(told)] == ["requested"]
    etag = stack.anyone.get("pledges", f"/pledges/{pledge['id']}").headers["etag"]
    assert etag != pledge["etag"]  # whoever has the old answer gets the new one
    assert etag.partition("-")[0] == pledge["etag"].partition("-")[0]  # but no edit was made: the revision stays


def test_e_progress_is_reported_and_counted(stack: Stack, amina: Person, pledge: dict[str, Any]) -> None:
    before = stack.anyone.get("pledges", "/reviews/plenary-2024/pledges").json()
    body = stack.example("pledges", "post", "/pledges/{pledge_id}/updates")
    reported = amina.post("pledges", f"/pledges/{pledge['id']}/updates", body)
    assert reported.status_code == 201, reported.text
    after = stack.anyone.get("pledges", "/reviews/plenary-2024/pledges").json()
    assert after["denominator"] == before["denominator"]
    assert (after["reported"], after["silent"]) == (before["reported"] + 1, before["silent"] - 1)
    assert after["reported"] + after["silent"] == after["denominator"]


def _published(stack: Stack, person: Person, noor: Person, entity_id: str) -> str:
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"title": f"A promise of {entity_id}"}
    made = person.post("pledges", "/pledges", content | {"entity_id": entity_id, "submit": True})
    assert made.status_code == 201, made.text
    path = f"/pledges/{made.json()['pledge_id']}"
    assert noor.post("pledges", f"{path}/publish", seen=made.headers["etag"]).status_code == 200
    return str(made.json()["pledge_id"])


def test_f_thirty_days_before_the_plenary(stack: Stack, kofi: Person, noor: Person, pledge: dict[str, Any]) -> None:
    silent = [_published(stack, kofi, noor, "kalmora") for _ in range(2)]
    expect(stack.inbox, *[(NOOR, "pledge_submitted"), (KOFI, "pledge_received"), (KOFI, "pledge_published")] * 2)
    stack.set_clock("2024-11-05")
    [mail] = expect(stack.inbox, (KOFI, "reminder"))  # not Amina, who has reported; nobody for the real statements
    assert all("A promise of kalmora" in mail[kind] for kind in ("text", "html"))

    def plan(state: str) -> list[dict[str, Any]]:
        answer = noor.get("notifications", "/reminders", milestone="plenary-2024", state=state, limit=100)
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return items

    thirty = [line for line in plan("sent") if (line["offset_days"], line["entity_id"]) == (-30, "kalmora")]
    assert sorted(line["pledge_id"] for line in thirty) == sorted(silent)
    assert silent_offsets(plan("skipped"), silent) == {-90}
    assert len([line for line in plan("no_contact") if line["offset_days"] == -30]) > 5
    pledge |= {"silent": silent, "mail": mail}


def test_f_the_reminders_links_report_without_signing_in(stack: Stack, kofi: Person, pledge: dict[str, Any]) -> None:
    links = re.findall(rf"{stack.addresses['portal']}/links/\S+", pledge["mail"]["text"])
    assert len(links) == len(pledge["silent"])
    reported = stack.example("pledges", "post", "/pledges/{pledge_id}/updates")
    kofi.post("pledges", f"/pledges/{pledge['silent'][0]}/updates", reported)
    forms = [{"action": "report", "status": "delayed"}, {"action": "no_change"}]
    with httpx.Client() as browser:  # nobody is signed in here
        looked = {link: [browser.get(link).raise_for_status() for _ in range(3)][-1] for link in links}
        for link, form in zip(sorted(links, key=lambda link: "No change" in looked[link].text), forms, strict=True):
            after = browser.post(link, data=hidden_fields(looked[link]) | form, follow_redirects=True)
            assert "Recorded, thank you" in after.text, after.text
            assert "This link has been used" in browser.get(link).text
    updates = [stack.anyone.get("pledges", f"/pledges/{one}/updates").json()["items"] for one in pledge["silent"]]
    assert [[(update["status"], update["no_change"]) for update in items] for items in updates] == [
        [(reported["status"], True), (reported["status"], False)],
        [("delayed", False)],
    ]


def silent_offsets(plan: Sequence[dict[str, Any]], pledges: list[str]) -> set[int]:
    return {line["offset_days"] for line in plan if line["pledge_id"] in pledges}


def test_f_nothing_is_sent_twice(stack: Stack, noor: Person) -> None:
    stack.set_clock("2024-10-20")
    stack.restart("notifications-worker")
    stack.set_clock("2024-11-05")
    # published on the day itself, after the reminders: the mails of these steps show that the worker is through
    _published(stack, stack.person("paz"), noor, "port-azure")
    paz = "paz@demo.invalid"
    expect(stack.inbox, (NOOR, "pledge_submitted"), (paz, "pledge_received"), (paz, "pledge_published"))
    assert noor.get("notifications", "/deliveries", state="queued").json()["items"] == []
