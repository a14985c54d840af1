"""What a report says beside its status: shares, money, evidence, corrections; and checks of evidence by staff."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.pledges.progress.schemas import EXAMPLE as REPORT
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.api import START, once
from tests.support.entities import REVIEWER, STAFF, faults
from tests.support.files import PDF

VALUE = REPORT["values"][0]
NO_FILE = "01922f00-0000-7000-8000-000000000009"
PLAIN = {"status": "in_progress"}
LINK = "https://veridia.example/posts"
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a script as evidence": ({"evidence": [{"url": "javascript:alert(1)"}]}, "evidence.0.url"),
    "evidence of nothing": ({"evidence": [{"title": "Our posts"}]}, "evidence.0"),
    "a link and a file": ({"evidence": [{"url": LINK, "file": NO_FILE}]}, "evidence.0"),
    "a file that is none": ({"evidence": [{"url": LINK}, {"file": NO_FILE}]}, "evidence.1.file"),
    "51 links": ({"evidence": [{"url": LINK}] * 51}, "evidence"),
    "a check of nothing": ({"evidence": [], "ask_confirmation": True}, "body"),
    "money that is none": ({"paid": [{"currency": "EUR"}]}, "paid.0"),
    "less than nothing": ({"paid": [{"amount": -1, "currency": "EUR"}]}, "paid.0.amount"),
    "a currency that is none": ({"paid": [{"amount": 1, "currency": "EUX"}]}, "paid.0.currency"),
    "a unit with NUL": ({"values": [VALUE | {"unit": "a\x00"}]}, "values.0.unit"),
    "corrects none": ({"corrects": 0}, "corrects"),
    "corrects one to come": ({"corrects": 1}, "corrects"),
    "corrects the last that can be": ({"corrects": 2**31 - 1}, "corrects"),
    "corrects more than can be": ({"corrects": 2**31}, "corrects"),
    "stuck in other words": ({"stuck": "very"}, "stuck"),
}


@pytest.mark.parametrize(("change", "field"), BAD.values(), ids=BAD.keys())
async def test_a_bad_report_is_refused_by_field(desk: Desk, change: dict[str, Any], field: str) -> None:
    pledge_id = await desk.published()
    before = await desk.counts()
    answer = await desk.post(f"/pledges/{pledge_id}/updates", REPORT | {"ask_confirmation": False} | change)
    assert (answer.status_code, set(faults(answer))) == (422, {field}), answer.text
    assert await desk.counts() == before


@pytest.mark.parametrize("word", ["stuck", "paid", "evidence", "corrects"])
async def test_no_change_stands_alone(desk: Desk, word: str) -> None:
    pledge_id = await desk.published()
    await desk.post(f"/pledges/{pledge_id}/updates", REPORT)
    more = {"stuck": True, "paid": REPORT["paid"], "evidence": REPORT["evidence"], "corrects": 1}[word]
    answer = await desk.post(f"/pledges/{pledge_id}/updates", {"no_change": True, word: more})
    assert (answer.status_code, set(faults(answer))) == (422, {"body"})


async def test_values_are_compared_with_targets_and_money_adds_up(desk: Desk) -> None:
    pledge_id = await desk.published()
    values = [VALUE, VALUE | {"value": 8, "unit": "countries"}, {"target": VALUE["target"], "value_text": "most"}]
    paid = [{"amount": "0.1", "currency": "EUR"}] * 3
    done = await desk.post(f"/pledges/{pledge_id}/updates", REPORT | {"values": values, "paid": paid, "stuck": True})
    assert [(one["share"], one["not_comparable"]) for one in done.json()["values"]] == [
        ("0.3750", None),
        (None, "unit_differs"),
        (None, "value_is_words"),
    ]
    assert done.json()["stuck"] is True
    public = (await desk.get(f"/pledges/{pledge_id}")).json()
    assert public["progress"]["paid"] == [{"amount": "0.3", "currency": "EUR", "bound": "exactly"}]
    [listed] = (await desk.get(f"/pledges/{pledge_id}/updates")).json()["items"]
    assert listed == done.json()


async def test_a_correction_stands_in_the_place_of_what_it_corrects_and_both_are_shown(desk: Desk) -> None:
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}/updates"
    for report in (PLAIN, {"status": "delayed"}, {"status": "planning", "corrects": 1}):
        assert (await desk.post(path, report)).status_code == 201
    listed = (await desk.get(path)).json()["items"]
    assert [(one["number"], one["corrects"], one["corrected_by"]) for one in listed] == [
        (3, 1, None),
        (2, None, None),
        (1, None, 3),
    ]
    assert (await desk.get(f"/pledges/{pledge_id}")).json()["progress"]["status"] == "delayed"
    before = await desk.counts()
    twice = await desk.post(path, PLAIN | {"corrects": 1})
    assert (twice.status_code, faults(twice)) == (422, {"corrects": "was corrected by report 3"})
    assert await desk.counts() == before
    assert (await desk.post(path, PLAIN | {"corrects": 3})).status_code == 201


async def asked(desk: Desk) -> str:
    """The path of a report whose entity asks for a check of its evidence."""
    pledge_id = await desk.published()
    done = await desk.post(f"/pledges/{pledge_id}/updates", REPORT)
    assert done.status_code == 201, done.text
    return f"/pledges/{pledge_id}/updates/1"


async def levels(desk: Desk, path: str) -> tuple[str, str]:
    """What the public sees: of the report, and of the pledge."""
    pledge, _, _ = path.rpartition("/updates")
    [newest, *_] = (await desk.get(f"{pledge}/updates")).json()["items"]
    return newest["level"], (await desk.get(pledge)).json()["progress"]["evidence"]


async def test_staff_confirm_what_its_entity_asked_for_and_may_take_it_back(desk: Desk) -> None:
    path = await asked(desk)
    [waits] = (await desk.get("/evidence-checks", STAFF)).json()["items"]
    assert (waits["number"], waits["entity"]["entity_id"]) == (1, "veridia")
    assert await levels(desk, path) == ("evidenced", "evidenced")
    done = await desk.post(f"{path}/check", {"answer": "confirmed"}, STAFF)
    assert (done.status_code, done.json()["answer"]) == (200, "confirmed")
    assert await levels(desk, path) == ("confirmed", "confirmed")
    [*_, told] = await desk.service.outbox("gcm.pledges")
    assert (told.type, told.data["change"]["by"]) == ("pledge.confirmed.v1", "network_staff")
    assert told.data["pledge"]["progress"]["evidence"] == "confirmed"
    assert (await desk.get("/evidence-checks", STAFF)).json()["items"] == []
    await desk.post(f"{path}/check", {"answer": "declined", "reason": "It was another post."}, STAFF)
    assert await levels(desk, path) == ("evidenced", "evidenced")
    history = (await desk.get(f"{path.partition('/updates')[0]}/history")).json()["items"]
    assert [step["action"] for step in history] == ["published", "reported", "confirmed", "confirmed"]


async def test_that_a_check_was_declined_is_for_the_entity_and_not_for_the_public(desk: Desk) -> None:
    path = await asked(desk)
    told = len(await desk.service.outbox("gcm.pledges"))
    await desk.post(f"{path}/check", {"answer": "declined", "reason": "The page says four posts."}, STAFF)
    assert len(await desk.service.outbox("gcm.pledges")) == told
    assert "four posts" not in str(await desk.service.outbox())
    for who in (AMINA, VERA, STAFF, REVIEWER):
        assert (await desk.get(f"{path}/check", who)).json()["reason"] == "The page says four posts."
    assert (await desk.get(f"{path}/check", KOFI)).status_code == 404
    public = await desk.get(f"{path.partition('/updates')[0]}/updates")
    assert "four posts" not in public.text
    assert "declined" not in public.text


async def test_nobody_checks_unasked_or_what_was_corrected(desk: Desk) -> None:
    pledge_id = await desk.published()
    updates = f"/pledges/{pledge_id}/updates"
    evidence = {"evidence": [{"url": LINK}]}
    for report in (PLAIN | evidence, REPORT, REPORT | {"corrects": 2}):
        assert (await desk.post(updates, report)).status_code == 201
    before = await desk.counts()
    for number, status in ((1, 409), (2, 409), (4, 404)):
        answer = await desk.post(f"{updates}/{number}/check", {"answer": "confirmed"}, STAFF)
        assert answer.status_code == status, answer.text
    assert (await desk.get(f"{updates}/1/check", AMINA)).status_code == 404
    unreasoned = await desk.post(f"{updates}/3/check", {"answer": "declined", "reason": " "}, STAFF)
    assert (unreasoned.status_code, set(faults(unreasoned))) == (422, {"body"})
    assert await desk.counts() == before
    assert [one["number"] for one in (await desk.get("/evidence-checks", STAFF)).json()["items"]] == [3]


@pytest.mark.parametrize(("who", "status"), [(AMINA, 403), (KOFI, 403), (REVIEWER, 403), ({}, 401)])
async def test_only_staff_check(desk: Desk, who: dict[str, str], status: int) -> None:
    path = await asked(desk)
    before = await desk.counts()
    assert (await desk.post(f"{path}/check", {"answer": "confirmed"}, who)).status_code == status
    assert await desk.counts() == before


async def test_a_report_after_a_confirmed_one_is_the_entitys_word_again(desk: Desk) -> None:
    path = await asked(desk)
    await desk.post(f"{path}/check", {"answer": "confirmed"}, STAFF)
    desk.service.set_clock(START + timedelta(days=1))
    await desk.post(path.rpartition("/")[0], PLAIN)
    assert await levels(desk, path) == ("reported", "reported")
    assert [one["level"] for one in await every(desk, path.rpartition("/")[0])] == ["reported", "confirmed"]


async def every(desk: Desk, path: str) -> list[dict[str, Any]]:
    """All entries of a list, a page of one at a time."""
    found: list[dict[str, Any]] = []
    answer: httpx.Response = await desk.get(f"{path}?limit=1")
    while True:
        page = answer.json()
        found += page["items"]
        if not page["next"]:
            return found
        answer = await desk.get(f"{path}?limit=1&cursor={page['next']}")


async def test_what_was_said_and_found_cannot_be_rewritten(desk: Desk) -> None:
    path = await asked(desk)
    await desk.post(f"{path}/check", {"answer": "confirmed"}, STAFF)
    for table in ("progress_update", "evidence_check", "sign_off_history"):
        for statement in (f"delete from {table}", f"update {table} set number = 7"):  # noqa: S608 - the names above
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with desk.service.database.transaction() as session:
                    await session.execute(text(statement))


async def test_a_file_is_evidence_and_public_with_the_report(desk: Desk) -> None:
    pledge_id = await desk.published()
    sent = await desk.service.client.post(f"/pledges/{pledge_id}/attachments", content=PDF, headers=once(AMINA))
    assert sent.status_code == 201, sent.text
    file = sent.json()["attachment_id"]
    path = f"/pledges/{pledge_id}/attachments/{file}"
    assert (await desk.get(path)).status_code == 404
    report = {"status": "in_progress", "evidence": [{"file": file, "title": "Our count"}]}
    done = await desk.post(f"/pledges/{pledge_id}/updates", report)
    assert (done.json()["level"], done.json()["evidence"][0]["file"]) == ("evidenced", file)
    assert (await desk.get(path)).content == PDF
    other = await desk.published()
    assert set(faults(await desk.post(f"/pledges/{other}/updates", report))) == {"evidence.0.file"}
