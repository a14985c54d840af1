"""The file of a pledge on the pages: sent in from the draft, given out to be saved."""

import re
from typing import Any

import httpx
import pytest

from services.portal.pages.files import AROUND
from shared.web.limits import LARGEST_FILE
from tests.integration.portal.whole import FORM, Whole, follow, send, send_file
from tests.support.api import once
from tests.support.entities import STAFF
from tests.support.files import PDF, PROGRAM, TEXT, open_xml
from tests.support.portal import Browser, hidden_fields
from tests.support.tokens import bearer


async def upload(
    browser: Browser, pledge_id: str, content: bytes, name: str = "Pläne.pdf", **fields: str
) -> httpx.Response:
    return await send_file(browser, f"/my/pledges/{pledge_id}/file", (name, content), fields)


async def test_a_file_is_attached_replaced_published_and_saved(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina, path = whole.person("amina"), f"/my/pledges/{pledge_id}"
    on_the_way = await send(amina, path, FORM, title="Typed before", action="file")
    assert on_the_way.headers["location"].startswith(f"{path}/file?")
    page = await follow(amina, on_the_way)
    assert 'enctype="multipart/form-data"' in page.text
    first = await follow(amina, await upload(amina, pledge_id, TEXT, "notes.txt"))
    assert "The file is attached to the draft." in first.text
    assert "<bdi>notes.txt</bdi>" in first.text
    assert 'value="Typed before"' in first.text
    second = await follow(amina, await upload(amina, pledge_id, PDF))
    [address] = re.findall(rf'href="({path}/files/[^"]+)" download', second.text)
    got = await amina.get(address)
    saved_as = "attachment; filename=\"Pl_ne.pdf\"; filename*=UTF-8''Pl%C3%A4ne.pdf"
    assert (got.content, got.headers["content-type"], got.headers["content-disposition"]) == (
        PDF, "application/pdf", saved_as,
    )  # fmt: skip
    assert got.headers["content-security-policy"].startswith("sandbox;")
    assert got.headers["x-content-type-options"] == "nosniff"
    files = (await whole.api(f"/pledges/{pledge_id}/attachments"))["items"]
    assert [(file["name"], file["removed_at"] is None) for file in files] == [("Pläne.pdf", True), ("notes.txt", False)]
    public = f"/pledges/{pledge_id}/files/{files[0]['attachment_id']}"
    anybody = whole.portal.browser()
    assert (await anybody.get(public)).status_code == 404
    await publish(whole, pledge_id)
    shown = await anybody.get(f"/pledges/{pledge_id}")
    assert f'href="{public}" download' in shown.text
    assert (await anybody.get(public)).content == PDF


async def publish(whole: Whole, pledge_id: str) -> None:
    for who, step in ((bearer("amina"), "submit"), (STAFF, "publish")):
        copy = await whole.pledges.client.get(f"/pledges/{pledge_id}/working-copy", headers=who)
        headers = once(who) | {"If-Match": copy.headers["etag"]}
        done = await whole.pledges.client.post(f"/pledges/{pledge_id}/{step}", headers=headers)
        assert done.is_success, done.text


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "plan.pdf", "it is empty"),
        (PROGRAM, "plan.pdf", "no kind that is taken"),
        (TEXT, "plan.pdf", "its content is txt"),
        (open_xml("docx", more={"word/vbaProject.bin": b"x"}), "plan.docx", "macros"),
        (b"", "", "Choose a file."),
    ],
)
async def test_what_is_not_taken_is_said_at_the_field(whole: Whole, content: bytes, name: str, says: str) -> None:
    pledge_id = await whole.draft()
    answer = await upload(whole.person("amina"), pledge_id, content, name)
    assert answer.status_code == 422
    assert 'id="field-file-fault"' in answer.text
    assert says in answer.text
    assert (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]["attachment"] is None


async def test_a_file_that_is_too_large_is_a_page(whole: Whole) -> None:
    pledge_id = await whole.draft()
    answer = await upload(whole.person("amina"), pledge_id, b"x" * (LARGEST_FILE + AROUND), "long.txt")
    assert answer.status_code == 413
    assert "at most 25 MB" in answer.text


async def test_a_colleagues_edit_stays_and_a_colleagues_file_is_not_replaced_unseen(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina, dario = whole.person("amina"), whole.person("dario")
    shown = hidden_fields(await amina.get(f"/my/pledges/{pledge_id}/file"))
    await send(dario, f"/my/pledges/{pledge_id}", FORM, title="Theirs")
    assert (await upload(amina, pledge_id, PDF, had=shown["had"])).status_code == 303
    content: dict[str, Any] = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    assert content["title"] == "Theirs"
    late = await upload(dario, pledge_id, TEXT, "mine.txt", had="")
    assert late.status_code == 422
    assert "another file meanwhile" in late.text
    assert (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]["attachment"] == content["attachment"]
    form = hidden_fields(await amina.get(f"/my/pledges/{pledge_id}/file"))
    gone = await amina.post(f"/my/pledges/{pledge_id}/file/remove", form | {"had": content["attachment"]})
    assert "The draft has no file any more." in (await follow(amina, gone)).text


async def test_only_our_own_form_and_only_those_who_write(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina = whole.person("amina")
    assert (await upload(amina, pledge_id, PDF, csrf="x")).status_code == 403
    typed = hidden_fields(await amina.get(f"/my/pledges/{pledge_id}/file"))
    assert (await amina.post(f"/my/pledges/{pledge_id}/file", typed)).status_code == 403
    for person in ("vera", "kofi"):
        assert (await whole.person(person).get(f"/my/pledges/{pledge_id}/file")).status_code == 404
    published = await whole.published()
    assert (await amina.get(f"/my/pledges/{published}/file")).status_code == 404
