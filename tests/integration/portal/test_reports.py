"""The form of a report: money, units, evidence, corrections; what was typed stays whatever happens."""

import re
from typing import Any

import pytest

from services.pledges.progress.schemas import EXAMPLE as REPORT
from services.portal.session import COOKIE
from tests.integration.portal.test_partners import joint
from tests.integration.portal.whole import HTML, Whole, follow, post_file, send, send_file
from tests.support.api import once
from tests.support.entities import STAFF, give
from tests.support.files import PDF, PROGRAM, TEXT
from tests.support.portal import hidden_fields
from tests.support.tokens import bearer

SAID: dict[str, Any] = {
    "status": "in_progress",
    "summary": f"تقدم {HTML}",
    "value.0": "7",
    "unit.0": "offices",
    "paid.0.said": "so far",
    "paid.0.amount": "1 100 000",
    "paid.0.currency": "eur",
    "evidence.0.url": "https://veridia.example/posts",
    "evidence.0.title": "The posts",
}


def path(pledge_id: str) -> str:
    return f"/my/pledges/{pledge_id}/report"


async def updates(whole: Whole, pledge_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await whole.api(f"/pledges/{pledge_id}/updates"))["items"]
    return items


async def test_all_that_a_report_says_is_typed_and_comes_back_in_the_next_form(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    await follow(amina, await send(amina, path(pledge_id), SAID))
    [update] = await updates(whole, pledge_id)
    assert [(one["value"], one["unit"]) for one in update["values"]] == [("7", "offices")]
    assert update["paid"] == [{"said": "so far", "amount": "1100000", "currency": "EUR", "bound": "exactly"}]
    assert update["evidence"] == [{"url": "https://veridia.example/posts", "file": None, "title": "The posts"}]
    page = (await amina.get(path(pledge_id))).text
    assert "Only if it is another one than: posts" in page
    for name, value in (("unit.0", "offices"), ("paid.0.amount", "1100000"), ("evidence.0.url", "")):
        assert re.search(rf'name="{name}"[^>]* value="{value}"', page), name
    shown = (await amina.get(f"/pledges/{pledge_id}")).text
    assert "so far (1,100,000 EUR)" in shown


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"status": ""}, "status"),
        ({"paid.0.amount": "some"}, "paid-0-amount"),
        ({"paid.0.currency": "XYZ"}, "paid-0-currency"),
        ({"evidence.0.url": "ftp://x"}, "evidence-0-url"),
        ({"evidence.0.url": ""}, "evidence-0-url"),
        ({"unit.0": "x" * 501}, "unit-0"),
        ({"value.0": "", "unit.0": "offices"}, "value-0"),
        ({"corrects": "7"}, "corrects"),
        ({"corrects": "x"}, "corrects"),
        ({"files": "01922f00-0000-7000-8000-000000000001"}, "files"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_all_that_was_typed_stays(
    whole: Whole, changed: dict[str, str], at: str
) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    await send(amina, path(pledge_id), status="planning")
    answer = await send_file(amina, path(pledge_id), None, SAID | changed)
    assert answer.status_code == 422
    assert f'href="#field-{at}"' in answer.text
    assert f'id="field-{at}"' in answer.text
    assert "تقدم &lt;script&gt;" in answer.text
    for value in ("The posts", "so far") if "evidence.0.url" not in changed else ("so far", "offices"):
        assert f'value="{value}"' in answer.text
    assert len(await updates(whole, pledge_id)) == 1


async def test_rows_come_and_go_and_nothing_is_published(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    more = await send(amina, path(pledge_id), SAID | {"action": "add.paid"})
    assert (more.status_code, 'name="paid.1.said"' in more.text) == (200, True)
    less = await send(amina, path(pledge_id), SAID | {"action": "remove.evidence.0"})
    assert 'value="The posts"' not in less.text
    assert 'value="offices"' in less.text
    assert await updates(whole, pledge_id) == []


async def test_a_file_is_kept_whatever_else_is_wrong_and_gets_public_with_the_report(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    wrong = await send_file(amina, path(pledge_id), ("Pläne.pdf", PDF), SAID | {"status": ""})
    assert wrong.status_code == 422
    [file] = re.findall(r'name="files" value="([^"]+)" checked', wrong.text)
    assert "<bdi>Pläne.pdf</bdi>" in wrong.text
    public = f"/pledges/{pledge_id}/files/{file}"
    assert (await amina.get(public)).status_code == 404
    form = hidden_fields(wrong) | SAID | {"files": file, "ask_confirmation": "yes"}
    assert (await amina.post(path(pledge_id), form)).status_code == 303
    [update] = await updates(whole, pledge_id)
    assert update["evidence"][1] == {"url": None, "file": file, "title": "Pläne.pdf"}
    assert (await whole.portal.browser().get(public)).content == PDF
    assert f'href="{public}"><bdi>Pläne.pdf</bdi></a>' in (await amina.get(f"/pledges/{pledge_id}")).text
    page = (await amina.get(path(pledge_id))).text
    assert "A check of the evidence is asked for" in page
    assert f'value="{file}"' not in page  # it is public with the first report, and offered for no other one


async def test_files_are_sent_one_by_one_and_deleted_again(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    upload = {"action": "upload"}
    none = await send_file(amina, path(pledge_id), None, SAID | upload)
    assert (none.status_code, "Choose a file." in none.text, 'value="offices"' in none.text) == (422, True, True)
    bad = await send_file(amina, path(pledge_id), ("plan.pdf", PROGRAM), SAID | upload)
    assert (bad.status_code, 'id="field-file-fault"' in bad.text, 'value="offices"' in bad.text) == (422, True, True)
    first = await send_file(amina, path(pledge_id), ("a.txt", TEXT), SAID | upload)
    [file] = re.findall(r'name="files" value="([^"]+)" checked', first.text)
    second = await send_file(amina, path(pledge_id), ("b.pdf", PDF), SAID | upload | {"files": file})
    assert len(re.findall(r'name="files" value="([^"]+)" checked', second.text)) == 2
    less = await send_file(amina, path(pledge_id), None, SAID | {"files": file, "action": f"drop.{file}"})
    assert ("a.txt" in less.text, "b.pdf" in less.text, 'value="offices"' in less.text) == (False, True, True)
    files = (await whole.api(f"/pledges/{pledge_id}/attachments"))["items"]
    assert [(one["name"], one["removed_at"] is None) for one in files] == [("b.pdf", True), ("a.txt", False)]
    assert await updates(whole, pledge_id) == []


async def test_a_report_is_corrected_from_what_it_said(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    await send(amina, path(pledge_id), SAID)
    page = await amina.get(path(pledge_id))
    assert f'href="{path(pledge_id)}?corrects=1"' in page.text
    form = await amina.get(f"{path(pledge_id)}?corrects=1")
    assert "تقدم &lt;script&gt;" in form.text
    assert re.search(r'<option value="1" selected>Report 1 of 2 September 2024: In progress', form.text)
    assert "Nothing has changed since" not in form.text
    done = await send(amina, path(pledge_id), SAID | {"corrects": "1", "value.0": "8"})
    assert "Corrected by report 1" not in (await follow(amina, done)).text
    assert [(one["number"], one["corrects"], one["corrected_by"]) for one in await updates(whole, pledge_id)] == [
        (2, 1, None),
        (1, None, 2),
    ]
    again = await amina.get(f"{path(pledge_id)}?corrects=1")  # it was corrected: what corrects it can be
    assert '<option value="2"' in again.text
    assert '<option value="1"' not in again.text


async def test_a_partner_reports_for_itself_without_files(whole: Whole) -> None:
    pledge_id = await joint(whole)
    await give(whole.pledges, "tariq")
    said = await whole.pledges.client.post(f"/pledges/{pledge_id}/updates", json=REPORT, headers=once(bearer("amina")))
    assert said.is_success
    tariq = whole.person("tariq")
    page = (await tariq.get(path(pledge_id))).text
    assert "For whom you report" in page
    await follow(tariq, await send(tariq, path(pledge_id), status="delayed", entity_id="tarela"))
    assert (await updates(whole, pledge_id))[0]["reporter"]["entity_id"] == "tarela"
    await give(whole.pledges, "theo", entity_id="tarela")
    theirs = (await whole.person("theo").get(path(pledge_id))).text
    assert 'type="file"' not in theirs
    assert ('<option value="2"' in theirs, '<option value="1"' in theirs) == (True, False)


async def test_only_our_own_form_and_only_those_who_report(whole: Whole) -> None:
    pledge_id = await whole.published()
    amina = whole.person("amina")
    assert (await send_file(amina, path(pledge_id), ("a.pdf", PDF), SAID, csrf="x")).status_code == 403
    for person in ("vera", "kofi"):
        other = whole.person(person)
        assert 'type="file"' not in (await other.get(path(pledge_id))).text
        assert (await send_file(other, path(pledge_id), ("a.pdf", PDF), SAID)).status_code == 403
    assert await updates(whole, pledge_id) == []
    assert (await whole.api(f"/pledges/{pledge_id}/attachments"))["items"] == []


async def test_why_a_check_was_declined_is_for_the_entity_alone(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    await send(amina, path(pledge_id), SAID | {"ask_confirmation": "yes"})
    said = {"answer": "declined", "reason": f"It leads nowhere. {HTML}"}
    address = f"/pledges/{pledge_id}/updates/1/check"
    assert (await whole.pledges.client.post(address, json=said, headers=once(STAFF))).is_success
    for person in ("amina", "vera"):
        page = (await whole.person(person).get(path(pledge_id))).text
        assert "The check was declined" in page
        assert "It leads nowhere. &lt;script&gt;" in page
    assert "leads nowhere" not in (await whole.person("kofi").get(path(pledge_id))).text
    assert "leads nowhere" not in (await amina.get(f"/pledges/{pledge_id}")).text


async def test_what_was_typed_beside_a_file_outlives_the_session(whole: Whole) -> None:
    pledge_id, amina = await whole.published(), whole.person("amina")
    form = hidden_fields(await amina.get(path(pledge_id))) | SAID
    del amina.jar[amina.origin, f"gcm-{COOKIE}"]
    answer = await post_file(amina, path(pledge_id), ("a.pdf", PDF), form)
    assert answer.status_code == 403
    assert "You are no longer signed in" in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    kept = hidden_fields(answer)
    assert (kept["summary"], kept["paid.0.amount"]) == (SAID["summary"], "1 100 000")
