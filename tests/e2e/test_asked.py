"""Who is asked or told by mail what others did: each step through HTTP, Kafka and SMTP, with the exact recipients."""

import pytest

from tests.e2e.test_journey import AMINA, KOFI, NOOR, expect
from tests.support.stack import Person, Stack

pytestmark = pytest.mark.timeout(900)
BRUNO = "bruno@demo.invalid"
LATER = "2035-01-01T00:00:00Z"


def test_a_pledge_that_another_entity_files_with_a_partner(
    stack: Stack, amina: Person, kofi: Person, noor: Person
) -> None:
    stack.inbox.settle()
    content = stack.example("pledges", "put", "/pledges/{pledge_id}") | {"title": "Filed for Veridia"}
    joint = {"entity_id": "veridia", "proxy_entity_id": "kalmora", "partner_entities": ["kalmora"], "submit": True}
    filed = kofi.post("pledges", "/pledges", content | joint | {"kind": "in_partnership"})
    assert filed.status_code == 201, filed.text
    path = f"/pledges/{filed.json()['pledge_id']}"
    mails = expect(stack.inbox, (NOOR, "pledge_submitted"), (KOFI, "pledge_received"), (AMINA, "acceptance_asked"))
    [asked] = [mail for mail in mails if mail["to"] == [AMINA]]
    assert "Kalmora has filed the pledge “Filed for Veridia”" in " ".join(asked["text"].split())
    assert f"/my/pledges/{path.rpartition('/')[2]}/proxy" in asked["text"]
    accepted = amina.post("pledges", f"{path}/proxy-answer", {"answer": "accepted"}, seen=filed.headers["etag"])
    published = noor.post("pledges", f"{path}/publish", seen=accepted.headers["etag"])
    assert published.status_code == 200, published.text
    expect(stack.inbox, (AMINA, "pledge_published"), (KOFI, "sign_off_asked"))
    said = {"status": "in_progress", "summary": "Six posts.", "ask_confirmation": True}
    reported = amina.post("pledges", f"{path}/updates", said | {"evidence": [{"url": "https://posts.example"}]})
    assert reported.status_code == 201, reported.text
    [to_sign] = expect(stack.inbox, (KOFI, "sign_off_asked"))
    assert "answer?entity=kalmora&update=1" in to_sign["text"]
    reason = {"answer": "declined", "reason": "The page says four posts."}
    assert noor.post("pledges", f"{path}/updates/1/check", reason).status_code == 200
    [declined] = expect(stack.inbox, (AMINA, "evidence_declined"))
    assert "four posts" not in declined["text"] + declined["html"]


def test_a_handover_that_is_planned_and_withdrawn(stack: Stack, amina: Person) -> None:
    stack.inbox.settle()
    wish = stack.example("pledges", "post", "/entities/{entity_id}/handover") | {"since": LATER}
    planned = amina.post("pledges", "/entities/veridia/handover", wish)
    assert planned.status_code == 201, planned.text
    expect(stack.inbox, (AMINA, "handover_former"), (BRUNO, "handover_successor"))
    path = f"/entities/veridia/handovers/{planned.json()['handover_id']}/withdraw"
    withdrawn = amina.post("pledges", path)
    assert withdrawn.status_code == 200, withdrawn.text
    assert withdrawn.json()["former"]["until"] is None
    expect(stack.inbox, (AMINA, "handover_withdrawn_former"), (BRUNO, "handover_withdrawn_successor"))
