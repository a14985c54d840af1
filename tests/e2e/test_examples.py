"""The examples of the OpenAPI documents work as they stand, on the stack that `make up` starts."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.untried import BY_MAIL, NOT_YET, OURS_ONLY
from tests.support.files import PDF
from tests.support.openapi import takes_body
from tests.support.stack import Person, Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

PLEDGE = "/pledges/{pledge_id}"
REQUEST = "/requests/{request_id}"


class Examples:
    """Sends the example of an operation: path parameters are put in, and nothing else is changed."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sent: set[tuple[str, str, str]] = set()
        self.published: list[str] = []

    def send(self, who: str, service: str, method: str, path: str, *, seen: str = '"1"', **ids: str) -> httpx.Response:
        self.sent.add((service, method, path))
        takes = takes_body(self.stack.document(service), method, path)
        body = self.stack.example(service, method, path) if takes else None
        person, address = self.stack.person(who), path.format(**ids)
        if method == "delete":
            answer = person.delete(service, address)
        elif method == "put":
            answer = person.put(service, address, body, seen=seen)
        elif method == "patch":
            answer = person.patch(service, address, body, seen=seen)
        else:
            answer = person.post(service, address, body, seen=seen)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer

    def file(self, pledge_id: str) -> None:
        """Sent to a pledge, and removed again."""
        path = f"{PLEDGE}/attachments"
        self.sent.add(("pledges", "post", path))
        named = {"Content-Disposition": 'attachment; filename="plan.pdf"'}
        made = self.stack.person("amina").upload("pledges", path.format(pledge_id=pledge_id), PDF, named)
        assert made.is_success, made.text
        ids = {"pledge_id": pledge_id, "attachment_id": made.json()["attachment_id"]}
        self.send("amina", "pledges", "post", f"{path}/{{attachment_id}}/remove", **ids)

    def pledge(self, *steps: tuple[str, str], close: bool = True) -> httpx.Response:
        """A new pledge after these steps of (persona, operation)."""
        answer = self.send("amina", "pledges", "post", "/pledges")
        pledge_id = answer.json()["pledge_id"]
        for who, step in steps:
            answer = self.send(
                who, "pledges", "post", f"{PLEDGE}/{step}", seen=answer.headers["etag"], pledge_id=pledge_id
            )
            if step == "publish" and close:
                self.published.append(pledge_id)
        return answer


@pytest.fixture(scope="module")
def examples(stack: Stack) -> Iterator[Examples]:
    made = Examples(stack)
    yield made
    for pledge_id in made.published:  # what other tests count must not depend on these
        noor = stack.person("noor")
        etag = noor.get("pledges", f"/pledges/{pledge_id}/working-copy").headers["etag"]
        closed = noor.post("pledges", f"/pledges/{pledge_id}/close", {"reason": "withdrawn"}, seen=etag)
        assert closed.is_success, closed.text


def _pledges(examples: Examples) -> None:
    examples.send("amina", "pledges", "post", "/pledges/advice")
    draft = examples.pledge(("noor", "request-changes"))
    pledge_id = draft.json()["pledge_id"]
    saved = examples.send("amina", "pledges", "put", PLEDGE, seen=draft.headers["etag"], pledge_id=pledge_id)
    saved = examples.send("amina", "pledges", "patch", PLEDGE, seen=saved.headers["etag"], pledge_id=pledge_id)
    examples.file(pledge_id)
    examples.send("amina", "pledges", "post", f"{PLEDGE}/submit", seen=saved.headers["etag"], pledge_id=pledge_id)
    published = examples.pledge(("noor", "publish")).json()["pledge_id"]
    examples.send("amina", "pledges", "post", f"{PLEDGE}/updates", pledge_id=published)
    examples.pledge(("noor", "publish"), ("amina", "close"), close=False)
    _merging(examples)
    _together(examples)
    stated = examples.send("noor", "pledges", "post", "/statements").json()["pledge_id"]
    examples.published.append(stated)


def _merging(examples: Examples) -> None:
    """Into a pledge that there is: the example's own cannot be known before."""
    stays, copy = (examples.pledge(("noor", "publish")).json()["pledge_id"] for _ in range(2))
    noor, path = examples.stack.person("noor"), PLEDGE.format(pledge_id=copy)
    body = examples.stack.example("pledges", "post", f"{PLEDGE}/merge") | {"into": stays}
    etag = noor.get("pledges", f"{path}/working-copy").headers["etag"]
    merged = noor.post("pledges", f"{path}/merge", body, seen=etag)
    assert merged.is_success, merged.text
    examples.sent.add(("pledges", "post", f"{PLEDGE}/merge"))
    examples.send("noor", "pledges", "post", f"{PLEDGE}/unmerge", seen=merged.headers["etag"], pledge_id=copy)


def _together(examples: Examples) -> None:
    """Of two entities: the example's own has none beside it."""
    stack, body = examples.stack, examples.stack.example("pledges", "post", "/pledges")
    amina, kofi = stack.person("amina"), stack.person("kofi")
    filed = kofi.post("pledges", "/pledges", body | {"proxy_entity_id": "kalmora", "partner_entities": ["kalmora"]})
    pledge_id, seen = filed.json()["pledge_id"], filed.headers["etag"]
    seen = examples.send("amina", "pledges", "post", f"{PLEDGE}/proxy-answer", seen=seen, pledge_id=pledge_id).headers[
        "etag"
    ]
    examples.send("noor", "pledges", "post", f"{PLEDGE}/publish", seen=seen, pledge_id=pledge_id)
    examples.published.append(pledge_id)
    examples.send("kofi", "pledges", "post", f"{PLEDGE}/sign-off", pledge_id=pledge_id)
    report = stack.example("pledges", "post", f"{PLEDGE}/updates")
    assert amina.post("pledges", f"/pledges/{pledge_id}/updates", report).is_success
    for who, step in (("kofi", "sign-off"), ("noor", "check")):
        path = f"{PLEDGE}/updates/{{number}}/{step}"
        examples.send(who, "pledges", "post", path, pledge_id=pledge_id, number="1")


def _entities(examples: Examples) -> None:
    examples.send("ada", "pledges", "post", "/entities")
    etag = examples.stack.anyone.get("pledges", "/entities/veridia").headers["etag"]
    examples.send("ada", "pledges", "put", "/entities/{entity_id}", seen=etag, entity_id="veridia")
    examples.send("ada", "pledges", "post", "/people")
    me = examples.stack.person("amina").get("pledges", "/me")
    examples.send("amina", "pledges", "put", "/me/contact", seen=me.headers["etag"])
    person_id = me.json()["person_id"]
    etag = examples.stack.person("amina").get("pledges", "/me").headers["etag"]
    examples.send("ada", "pledges", "put", "/people/{person_id}", seen=etag, person_id=person_id)
    given = examples.send("ada", "pledges", "post", "/entities/{entity_id}/memberships", entity_id="veridia").json()
    ids = {"entity_id": "veridia", "membership_id": given["membership_id"]}
    examples.send("ada", "pledges", "post", "/entities/{entity_id}/memberships/{membership_id}/end", **ids)
    _members(examples)
    _erase(examples)


def _members(examples: Examples) -> None:
    of_entity = "/entities/{entity_id}/invitations"
    invited = examples.send("noor", "pledges", "post", of_entity, entity_id="veridia").json()
    ids = {"entity_id": "veridia", "invitation_id": invited["invitation_id"]}
    for step in ("resend", "revoke"):
        examples.send("noor", "pledges", "post", of_entity + "/{invitation_id}/" + step, **ids)
    _hand_over_and_back(examples)


def _erase(examples: Examples) -> None:
    """The person whom the example has registered, and whoever has no more than a contact."""
    nobody = examples.stack.example("pledges", "post", "/people")["person_id"]
    examples.send("ada", "pledges", "delete", "/people/{person_id}", person_id=nobody)
    rosa = examples.stack.person("rosa").get("pledges", "/me").json()["contact"]
    examples.send("rosa", "notifications", "put", "/me/mail-preferences")  # which others do not depend on
    examples.send("rosa", "pledges", "delete", "/me")
    back = examples.stack.person("rosa").put("pledges", "/me/contact", rosa, seen='"0"')
    assert back.is_success, back.text


def _hand_over_and_back(examples: Examples) -> None:
    path = "/entities/{entity_id}/handover"
    there = examples.send("paz", "pledges", "post", path, entity_id="port-azure").json()
    back = {"successor": there["former"]["person_id"], "membership_id": there["successor"]["membership_id"]}
    returned = examples.stack.person("noor").post("pledges", path.format(entity_id="port-azure"), back)
    assert returned.is_success, returned.text
    ahead = {"successor": there["successor"]["person_id"], "since": "2099-01-01T00:00:00Z"}
    planned = examples.stack.person("paz").post("pledges", path.format(entity_id="port-azure"), ahead)
    assert planned.is_success, planned.text
    ids = {"entity_id": "port-azure", "handover_id": planned.json()["handover_id"]}
    examples.send("paz", "pledges", "post", "/entities/{entity_id}/handovers/{handover_id}/withdraw", **ids)


def _reviews(examples: Examples) -> None:
    etag = examples.stack.anyone.get("pledges", "/reviews/plenary-2024").headers["etag"]
    examples.send("noor", "pledges", "post", "/reviews/{code}/preview", code="plenary-2024")
    examples.send("noor", "pledges", "put", "/reviews/{code}", seen=etag, code="plenary-2024")
    examples.send("noor", "pledges", "post", "/reviews")
    examples.send("noor", "pledges", "post", "/review-cycles")
    etag = examples.stack.anyone.get("pledges", "/reviews/imrf-2022").headers["etag"]
    examples.send("noor", "pledges", "put", "/reviews/{code}/outcome", seen=etag, code="imrf-2022")
    _presentations(examples)


def _presentations(examples: Examples) -> None:
    """Of a pledge that there is: the example's own cannot be known before."""
    path = "/reviews/{code}/presentations"
    known = {"pledge_id": examples.pledge(("noor", "publish")).json()["pledge_id"]}
    body = examples.stack.example("pledges", "post", path) | known
    made = examples.stack.person("amina").post("pledges", path.format(code="plenary-2024"), body)
    assert made.is_success, made.text
    examples.sent.add(("pledges", "post", path))
    for who, act in (("noor", "grant"), ("amina", "withdraw")):
        ids = {"presentation_id": made.json()["presentation_id"]}
        made = examples.send(
            who, "pledges", "post", f"/presentations/{{presentation_id}}/{act}", seen=made.headers["etag"], **ids
        )


def _requests(examples: Examples) -> None:
    for who, step in (("amina", "withdraw"), ("noor", "acknowledge")):
        asked = examples.send("amina", "network_support", "post", "/requests").json()
        assert asked["state"] == "pending_pledge"  # nobody has published the pledge of the example
        if step == "withdraw":
            examples.send(who, "network_support", "post", f"{REQUEST}/{step}", request_id=asked["request_id"])
    known = examples.pledge(("noor", "publish")).json()["pledge_id"]
    body = examples.stack.example("network_support", "post", "/requests") | {"pledge_id": known}
    amina = examples.stack.person("amina")
    made = amina.post("network_support", "/requests", body).json()
    path = f"/requests/{made['request_id']}"
    decided = eventually(lambda: (got := amina.get("network_support", path)).json()["state"] == "submitted" and got)
    ids = {"request_id": made["request_id"]}
    answer = decided
    steps = [("noor", step) for step in ("acknowledge", "triage", "ask", "accept", "begin-matching")]
    for who, step in [*steps[:3], ("amina", "answer"), *steps[3:]]:
        seen = answer.headers["etag"]
        answer = examples.send(who, "network_support", "post", f"{REQUEST}/{step}", seen=seen, **ids)


def _imports(examples: Examples) -> None:
    amina = examples.stack.person("amina")
    for last in ("run", "cancel"):
        begun = examples.send("amina", "pledges", "post", "/imports").json()
        path, content = f"/imports/{begun['import_id']}", b"title\n".ljust(begun["size"], b"x")
        assert amina.put_bytes("pledges", f"{path}/parts/1", content).is_success
        examples.sent.add(("pledges", "put", "/imports/{import_id}/parts/{number}"))
        ids = {"import_id": begun["import_id"]}
        examples.send("amina", "pledges", "post", "/imports/{import_id}/check", **ids)
        eventually(partial(_is_checked, amina, path))
        examples.send("amina", "pledges", "post", f"/imports/{{import_id}}/{last}", **ids)


def _is_checked(person: Person, path: str) -> bool:
    return bool(person.get("pledges", path).json()["state"] == "checked")


def _desk(examples: Examples) -> None:
    """Of a case that there is not: that is said of it by itself."""
    undone = examples.send("noor", "network_support", "post", "/cases/assign/undo")
    assert undone.json()["items"][0]["outcome"] == "not_found"


GROUPS: list[Callable[[Examples], None]] = [_pledges, _entities, _reviews, _requests, _imports, _desk]


def test_every_example_works_as_it_stands(stack: Stack, examples: Examples) -> None:
    for group in GROUPS:
        group(examples)
    declared = {
        (service, method, path)
        for service in ("pledges", "network_support", "notifications")
        for path, operations in stack.document(service)["paths"].items()
        for method in operations
        if method != "get"
    }
    assert declared - examples.sent == OURS_ONLY | BY_MAIL | NOT_YET


def test_the_documents_are_openapi_3_1(stack: Stack) -> None:
    for service in ("pledges", "network_support", "notifications"):
        document: dict[str, Any] = stack.document(service)
        assert document["openapi"].startswith("3.1")
        described = [op for path in document["paths"].values() for op in path.values() if op.get("summary")]
        assert len(described) == sum(len(path) for path in document["paths"].values())
