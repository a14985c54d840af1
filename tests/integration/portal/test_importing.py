"""Importing pledges on the pages: template, file, dry run, doing it, and what is to be mended."""

import asyncio
import io
import re
from contextlib import aclosing

import httpx
import pytest
from openpyxl import load_workbook

from services.pledges.exchange.files import LARGEST_FILE
from services.pledges.exchange.importer import Importer
from services.portal.pages.files import AROUND
from services.portal.pages.importing import LARGEST_IMPORT
from tests.integration.portal.whole import HTML, RTL, Whole, follow
from tests.support.entities import give
from tests.support.portal import Browser, hidden_fields

IMPORTS = "/my/imports"
SHEET = f"title,period.end\nIdentity documents,2026\n{RTL},2026\nWithout an end,soon\n".encode()


async def send_in(
    browser: Browser, content: bytes, name: str = "pledges.csv", entity_id: str = "veridia", **fields: str
) -> httpx.Response:
    form = {**hidden_fields(await browser.get(IMPORTS)), "entity_id": entity_id, **fields}
    return await posted(browser, form, content, name)


async def posted(browser: Browser, form: dict[str, str], content: bytes, name: str) -> httpx.Response:
    cookies = "; ".join(f"{key}={value}" for key, value in browser.cookies(IMPORTS).items())
    files = {"file": (name, content, "text/html")}
    return await browser.http.post(browser.origin + IMPORTS, data=form, files=files, headers={"cookie": cookies})


async def work(whole: Whole) -> None:
    async with aclosing(Importer(whole.pledges.database, whole.pledges.clock, lambda: None)) as importer:
        while await importer.once(asyncio.Event()):
            pass


async def checked(whole: Whole, browser: Browser, content: bytes = SHEET, **fields: str) -> str:
    """The page of an import that was checked."""
    sent = await send_in(browser, content, **fields)
    assert sent.status_code == 303, sent.text
    await work(whole)
    return str(sent.headers["location"].partition("?")[0])


async def press(browser: Browser, path: str, action: str, **fields: str) -> httpx.Response:
    form = hidden_fields(await browser.get(path)) | {"action": action, **fields}
    return await follow(browser, await browser.post(path, form))


async def test_a_file_is_checked_imported_and_what_is_bad_comes_back(whole: Whole) -> None:
    amina = whole.person("amina")
    assert f'href="{IMPORTS}"' in (await amina.get("/my/pledges")).text
    sent = await send_in(amina, SHEET)
    waiting = await follow(amina, sent)
    assert "The file has arrived and is being checked." in waiting.text
    assert "Show how far it is now" in waiting.text
    await work(whole)
    path = sent.headers["location"].partition("?")[0]
    page = await amina.get(path)
    for says in ("2 drafts are made.", "One row stays behind", "<bdi>B4</bdi>", "<code>period.end</code>"):
        assert says in page.text
    assert await whole.api("/me/pledges") == {"items": [], "next": None}
    bad = await amina.get(f"{path}?state=bad")
    assert re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', bad.text) == ["4"]
    assert "The import has begun." in (await press(amina, path, "run")).text
    await work(whole)
    done = await amina.get(path)
    links = re.findall(r'href="(/my/pledges/[0-9a-f-]{36})"', done.text)
    assert [(await amina.get(link)).status_code for link in links] == [200, 200]
    file = await amina.get(f"{path}/bad-rows")
    assert file.headers["content-disposition"] == 'attachment; filename="to-mend.csv"'
    assert b'"Without an end","soon","B4 period.end' in file.content
    assert file.headers["content-security-policy"].startswith("sandbox;")
    listed = await amina.get(IMPORTS)
    assert ("2 of 3 made" in listed.text, path in listed.text) == (True, True)


async def test_progress_is_renewed_only_while_it_works_and_the_reader_wants_it(whole: Whole) -> None:
    amina = whole.person("amina")
    path = (await send_in(amina, SHEET)).headers["location"].partition("?")[0]
    plain, renewed = await amina.get(path), await amina.get(f"{path}?renew=yes")
    assert ("refresh" in plain.headers, renewed.headers["refresh"]) == (False, "5")
    assert "Stop that" in renewed.text
    await work(whole)
    assert "refresh" not in (await amina.get(f"{path}?renew=yes")).headers


async def test_what_is_cancelled_makes_nothing_and_cannot_be_run(whole: Whole) -> None:
    amina = whole.person("amina")
    path = await checked(whole, amina)
    form = hidden_fields(await amina.get(path))
    assert "It is cancelled." in (await press(amina, path, "cancel")).text
    late = await amina.post(path, form | {"action": "run", "key": "another"})
    assert "Nothing was done" in (await follow(amina, late)).text
    await work(whole)
    assert (await whole.api("/me/pledges"))["items"] == []


async def test_pledges_are_submitted_at_once_where_that_is_wanted(whole: Whole) -> None:
    amina = whole.person("amina")
    columns = "title,description,objectives,forms,period.end"
    row = "Documents,Documents at twelve posts,objective-4,process,2026"
    path = await checked(whole, amina, f"{columns}\n{row}\n".encode(), submit="yes")
    page = await amina.get(path)
    assert "One pledge is submitted to the Network’s staff." in page.text, page.text
    await press(amina, path, "run")
    await work(whole)
    assert [item["state"] for item in (await whole.api("/me/pledges"))["items"]] == ["submitted"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "pledges.csv", "The file is empty."),
        (b"", "", "Choose a file."),
        (SHEET, "pledges.pdf", "no kind of file that can be imported"),
        (SHEET, "pledges", "no kind of file that can be imported"),
        (SHEET, "x" * 300 + ".csv", "200"),
    ],
)
async def test_what_is_not_taken_is_said_at_the_file(whole: Whole, content: bytes, name: str, says: str) -> None:
    answer = await send_in(whole.person("amina"), content, name, submit="yes")
    assert answer.status_code == 422, answer.text
    assert 'id="field-file-fault"' in answer.text
    assert says in answer.text
    assert 'value="veridia" selected' in answer.text
    assert 'name="submit" value="yes" checked' in answer.text
    assert (await whole.api("/imports"))["items"] == []


@pytest.mark.parametrize(
    ("content", "name"), [(b"\x00\x01\x02", "pledges.xlsx"), (b"{", "pledges.json"), (b"name\nx\n", f"{HTML}.csv")]
)
async def test_what_cannot_be_read_says_why(whole: Whole, content: bytes, name: str) -> None:
    amina = whole.person("amina")
    path = await checked(whole, amina, content, name=name)
    page = await amina.get(path)
    assert ("Why it cannot be read" in page.text, "<script>" in page.text) == (True, False)
    assert 'value="run"' not in page.text


async def test_a_misread_file_is_read_again_in_another_encoding(whole: Whole) -> None:
    amina = whole.person("amina")
    path = await checked(whole, amina, "title\nДокументы\n".encode("cp1251"))
    assert "Are letters wrong?" in (await amina.get(path)).text
    again = await press(amina, path, "check", encoding="cp1251")
    assert "The file has arrived and is being checked." in again.text
    await work(whole)
    await press(amina, path, "run")
    await work(whole)
    assert [item["title"] for item in (await whole.api("/me/pledges"))["items"]] == ["Документы"]


async def test_the_limit_is_that_of_the_service_and_is_said(whole: Whole) -> None:
    assert LARGEST_IMPORT == LARGEST_FILE
    amina = whole.person("amina")
    over = await send_in(amina, b"x" * (LARGEST_IMPORT + AROUND))
    assert (over.status_code, "larger than 50 MB" in over.text) == (413, True)
    just_over = await send_in(amina, b"x" * (LARGEST_IMPORT + 1))
    assert (just_over.status_code, "larger than 50 MB" in just_over.text) == (422, True)


async def test_a_file_of_many_parts_arrives_whole(whole: Whole) -> None:
    amina, row = whole.person("amina"), "Identity documents at every consulate," + "x" * 900 + "\n"
    path = await checked(whole, amina, ("title,description\n" + row * 2200).encode())
    [found] = (await whole.api("/imports"))["items"]
    assert (found["size"] > found["part_size"] * 2, found["rows"], found["bad"]) == (True, 2200, 0)
    page = await amina.get(path)
    assert 'rel="next"' in page.text


async def test_the_same_file_sent_twice_is_one_import_and_another_file_another(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get(IMPORTS)) | {"entity_id": "veridia"}
    answers = [
        await posted(amina, form, content, "pledges.csv")
        for content in (b"title\nFirst\n", b"title\nFirst\n", b"title\nOther\n")
    ]
    places = [answer.headers["location"].partition("?")[0] for answer in answers]
    assert (places[0] == places[1], places[0] == places[2]) == (True, False)
    assert len((await whole.api("/imports"))["items"]) == 2


async def test_one_imports_only_for_those_for_whom_one_writes(whole: Whole) -> None:
    await give(whole.pledges, "amina", "delegate", entity_id="kalmora")
    amina = whole.person("amina")
    page = await amina.get(f"{IMPORTS}?entity=kalmora")
    assert 'value="kalmora" selected' in page.text
    nowhere = await send_in(amina, SHEET, entity_id="")
    assert (nowhere.status_code, 'href="#field-entity_id"' in nowhere.text) == (422, True)
    vera = whole.person("vera")
    assert "you are neither yet" in (await vera.get(IMPORTS)).text
    for person, entity in (("vera", "veridia"), ("kofi", "veridia"), ("amina", "public_statements")):
        browser = whole.person(person)
        form = hidden_fields(await browser.get("/my/pledges")) | {"entity_id": entity}
        refused = await posted(browser, form, SHEET, "pledges.csv")
        assert refused.status_code == 403, (person, refused.text)
    unknown = await send_in(amina, SHEET, entity_id="atlantis")
    assert (unknown.status_code, 'href="#field-entity_id"' in unknown.text) == (422, True)


async def test_anothers_import_is_not_there(whole: Whole) -> None:
    path = await checked(whole, whole.person("amina"))
    for person, roles in (("dario", ()), ("kofi", ()), ("noor", ("network_staff",))):
        other = whole.person(person, *roles)
        assert [(await other.get(place)).status_code for place in (path, f"{path}/bad-rows")] == [404, 404]
        token = hidden_fields(await other.get("/my/pledges"))
        for action in ("run", "cancel", "check"):
            assert (await other.post(path, token | {"action": action})).status_code == 404


async def test_staff_import_public_statements(whole: Whole) -> None:
    noor = whole.person("noor", "network_staff")
    page = await noor.get(IMPORTS)
    assert ("Public statements of any entity" in page.text, "statements=true" in page.text) == (True, True)
    assert f'href="{IMPORTS}"' in (await noor.get("/desk/submissions")).text
    content = b"entity_id,title,sources.title\nkalmora,Said in the plenary,A speech\n"
    path = await checked(whole, noor, content, entity_id="public_statements")
    assert "One public statement is recorded, and public at once." in (await noor.get(path)).text
    await press(noor, path, "run")
    await work(whole)
    [link] = re.findall(r'href="(/pledges/[0-9a-f-]{36})"', (await noor.get(path)).text)
    assert (await whole.portal.browser().get(link)).status_code == 200


@pytest.mark.parametrize("shape", ["sheet", "form"])
async def test_templates_are_given_out(whole: Whole, shape: str) -> None:
    amina = whole.person("amina")
    for format_ in ("csv", "xlsx", "json"):
        address = f"{IMPORTS}/templates/{shape}/{format_}"
        assert f'href="{address}"' in (await amina.get(IMPORTS)).text
        file = await amina.get(address)
        assert file.headers["content-disposition"] == f'attachment; filename="pledge-{shape}.{format_}"'
    assert load_workbook(io.BytesIO((await amina.get(f"{IMPORTS}/templates/{shape}/xlsx")).content)).sheetnames
    assert (await amina.get(f"{IMPORTS}/templates/{shape}/exe")).status_code == 404


async def test_a_file_from_elsewhere_is_refused_and_a_lost_session_says_so(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get(IMPORTS)) | {"entity_id": "veridia"}
    for forged in (form | {"csrf": "x"}, {"entity_id": "veridia"}):
        assert (await posted(amina, forged, SHEET, "pledges.csv")).status_code == 403
    assert (await amina.post(IMPORTS, form)).status_code == 403
    amina.jar = {key: value for key, value in amina.jar.items() if key[1] != "gcm-session"}
    lost = await posted(amina, form, SHEET, "pledges.csv")
    assert (lost.status_code, hidden_fields(lost)["entity_id"]) == (403, "veridia")
    assert (await whole.api("/imports"))["items"] == []
