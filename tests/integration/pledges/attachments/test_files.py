"""Files of pledges: in, out, public with a version, and gone."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.pledges.registry.content import EXAMPLE
from shared.errors import Unavailable
from shared.files.kinds import MEDIA_TYPES
from shared.files.store import Store
from shared.files.sweeping import sweep
from shared.web.limits import LARGEST_FILE as LARGEST
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk
from tests.support.api import once
from tests.support.entities import REVIEWER, STAFF, faults, give
from tests.support.files import GOOD, PDF, PROGRAM, TEXT, open_xml
from tests.support.tokens import bearer

Name = "attachment; filename*=UTF-8''{}"
COPIES = """
insert into attachment
select gen_random_uuid(), pledge_id, gen_random_uuid()::text, name, media_type, size, sha256, person_id, by,
       uploaded_at, recorded_at, null, null
from attachment, generate_series(1, 49) returning 1
"""


async def send(
    desk: Desk, pledge_id: str, content: Any, name: str = "plan.pdf", who: dict[str, str] = AMINA, key: str = ""
) -> httpx.Response:
    headers = once(who) | {"Content-Disposition": Name.format(name), "Content-Type": "text/html"}
    headers |= {"Idempotency-Key": key} if key else {}
    return await desk.service.client.post(f"/pledges/{pledge_id}/attachments", content=content, headers=headers)


@pytest.fixture
async def draft(desk: Desk) -> str:
    """The id of a draft of Veridia."""
    return str((await desk.create()).json()["pledge_id"])


async def attached(desk: Desk, pledge_id: str, content: bytes = PDF) -> str:
    """The id of a file that the working copy points at."""
    sent = await send(desk, pledge_id, content)
    assert sent.status_code == 201, sent.text
    found = str(sent.json()["attachment_id"])
    seen = await desk.etag(pledge_id)
    saved = await desk.patch(f"/pledges/{pledge_id}", {"attachment": found}, seen=seen)
    assert saved.status_code == 200, saved.text
    return found


def stored(desk: Desk) -> list[str]:
    """Names of the objects in the store, which here is a folder."""
    return sorted(file.name for file in (desk.service.clock_file.parent / "attachments").iterdir())


@pytest.mark.parametrize("kind", MEDIA_TYPES)
async def test_a_file_comes_back_byte_for_byte_to_be_saved(desk: Desk, draft: str, kind: str) -> None:
    content = GOOD[kind]
    sent = await send(desk, draft, content, f"Pl%C3%A4ne.{kind}")
    assert sent.status_code == 201, sent.text
    said = sent.json()
    assert (said["name"], said["media_type"], said["size"]) == (f"Pläne.{kind}", MEDIA_TYPES[kind], len(content))
    assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert (said["by"], said["public_since"]) == ("focal_point", None)
    got = await desk.get(f"/pledges/{draft}/working-copy/attachments/{said['attachment_id']}", AMINA)
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["content-type"] == MEDIA_TYPES[kind]
    assert (
        got.headers["content-disposition"]
        == f"attachment; filename=\"Pl_ne.{kind}\"; filename*=UTF-8''Pl%C3%A4ne.{kind}"
    )
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert (got.headers["content-length"], got.headers["cache-control"]) == (str(len(content)), "no-store")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "plan.pdf"),
        (TEXT, "plan.pdf"),
        (PROGRAM, "plan.pdf"),
        (PROGRAM, "plan.exe"),
        (PDF, "plan.docx"),
        (b"<html><script>alert(1)</script></html>", "plan.doc"),
        (open_xml("docx", more={"word/vbaProject.bin": b"x"}), "plan.docx"),
    ],
)
async def test_what_is_not_taken_leaves_nothing(desk: Desk, draft: str, content: bytes, name: str) -> None:
    before = await desk.counts()
    refused = await send(desk, draft, content, name)
    assert (refused.status_code, set(faults(refused))) == (422, {"file"}), refused.text
    assert refused.json()["errors"][0]["remedy"]
    assert await desk.counts() == before
    assert await desk.service.rows("select * from attachment") == []
    assert await desk.service.rows("select * from loose_object") == []
    assert stored(desk) == []


async def whole(size: int) -> AsyncIterator[bytes]:
    """A text of that many bytes, without a header that says how many."""
    part = b"text\n" * 13_107
    for _ in range(size // len(part)):
        yield part
    yield b"x" * (size % len(part))


async def test_bytes_are_counted_while_they_come(desk: Desk, draft: str) -> None:
    sent = await send(desk, draft, whole(LARGEST), "long.txt")
    assert (sent.status_code, sent.json()["size"]) == (201, 25 * 1024 * 1024)
    refused = await send(desk, draft, whole(LARGEST + 1), "long.txt")
    assert refused.status_code == 413
    assert "26,214,400" in refused.json()["detail"]
    assert len(stored(desk)) == 1
    path = f"/pledges/{draft}/attachments"
    announced = await desk.service.client.post(
        path, content=PDF, headers=once(AMINA) | {"Content-Length": str(LARGEST + 1)}
    )
    assert announced.status_code == 413


async def test_the_same_upload_twice_is_one_file(desk: Desk, draft: str) -> None:
    key = str(uuid4())
    first = await send(desk, draft, PDF, key=key)
    again = await send(desk, draft, PDF, key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await send(desk, draft, TEXT, "plan.txt", key=key)
    assert (other.status_code, set(faults(other))) == (422, {"Idempotency-Key"})
    assert len(await desk.service.rows("select * from attachment")) == 1
    assert len(await desk.service.rows("select * from loose_object")) == 2  # of the others; they are swept


async def test_a_file_is_public_with_the_version_that_has_it(desk: Desk, draft: str) -> None:
    file = await attached(desk, draft)
    path = f"/pledges/{draft}/attachments/{file}"
    assert (await desk.get(path)).status_code == 404
    submitted = await desk.post(f"/pledges/{draft}/submit", seen=await desk.etag(draft))
    assert submitted.status_code == 200, submitted.text
    assert (await desk.get(path)).status_code == 404
    published = await desk.post(f"/pledges/{draft}/publish", who=STAFF, seen=submitted.headers["etag"])
    assert published.status_code == 200, published.text
    told = (await desk.get(f"/pledges/{draft}")).json()
    expected = {"attachment_id": file, "name": "plan.pdf", "media_type": "application/pdf", "size": len(PDF)}
    assert told["attached"] == expected | {"sha256": hashlib.sha256(PDF).hexdigest()}
    [event] = await desk.service.outbox("gcm.pledges")
    assert event.data["pledge"]["attached"] == told["attached"]
    got = await desk.get(path)
    assert (got.status_code, got.content) == (200, PDF)
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert (got.headers["x-content-type-options"], got.headers["etag"]) == ("nosniff", f'"{expected_hash()}"')
    # an amendment without it leaves it public: all versions are
    saved = await desk.patch(f"/pledges/{draft}", {"attachment": None}, seen=await desk.etag(draft))
    again = await desk.post(f"/pledges/{draft}/submit", seen=saved.headers["etag"])
    await desk.post(f"/pledges/{draft}/publish", who=STAFF, seen=again.headers["etag"])
    assert (await desk.get(f"/pledges/{draft}")).json()["attached"] is None
    assert (await desk.get(f"/pledges/{draft}/versions/1")).json()["attached"]["attachment_id"] == file
    assert (await desk.get(path)).content == PDF
    assert (await desk.post(f"{path}/remove")).status_code == 409


def expected_hash() -> str:
    return hashlib.sha256(PDF).hexdigest()


async def test_who_may_send_and_who_may_read(desk: Desk, draft: str) -> None:
    await give(desk.service, "dina", "delegate")
    sent = await send(desk, draft, PDF, who=bearer("dina"))
    assert (sent.status_code, sent.json()["by"]) == (201, "delegate")
    for who, status in ((VERA, 403), (STAFF, 403), (REVIEWER, 403), (KOFI, 404)):
        assert (await send(desk, draft, PDF, who=who)).status_code == status
    path = f"/pledges/{draft}/working-copy/attachments/{sent.json()['attachment_id']}"
    for who, status in ((VERA, 200), (STAFF, 200), (REVIEWER, 200), (KOFI, 404), ({}, 401)):
        assert (await desk.get(path, who)).status_code == status
        assert (await desk.get(f"/pledges/{draft}/attachments", who)).status_code == status
    public = f"/pledges/{draft}/attachments/{sent.json()['attachment_id']}"
    assert (await desk.get(public, AMINA)).status_code == 404
    [listed] = (await desk.get(f"/pledges/{draft}/attachments", AMINA)).json()["items"]
    assert listed == sent.json()
    assert "dina" not in str(listed)
    closed = await desk.published()
    await desk.post(f"/pledges/{closed}/close", {"reason": "ended"}, seen=await desk.etag(closed))
    assert (await send(desk, closed, PDF)).status_code == 409


async def test_a_pledge_points_only_at_its_own_files(desk: Desk, draft: str) -> None:
    other = str((await desk.create(title="Another")).json()["pledge_id"])
    file = (await send(desk, other, PDF)).json()["attachment_id"]
    for attachment in (file, str(uuid4())):
        refused = await desk.patch(f"/pledges/{draft}", {"attachment": attachment}, seen='"1"')
        assert (refused.status_code, set(faults(refused))) == (422, {"attachment"})
        assert set(faults(await desk.create(attachment=attachment))) == {"attachment"}
    said = {"entity_id": "kalmora", "sources": [{"title": "A statement"}], "attachment": file}
    assert set(faults(await desk.post("/statements", EXAMPLE | said, STAFF))) == {"attachment"}
    assert (await desk.get(f"/pledges/{draft}/working-copy/attachments/{file}", AMINA)).status_code == 404


async def test_a_removed_file_is_gone_and_its_bytes_are_swept(desk: Desk, draft: str) -> None:
    file = await attached(desk, draft)
    path = f"/pledges/{draft}/attachments/{file}/remove"
    assert (await desk.post(path)).status_code == 409
    await desk.patch(f"/pledges/{draft}", {"attachment": None}, seen=await desk.etag(draft))
    assert (await desk.post(path, who=VERA)).status_code == 403
    removed = await desk.post(path)
    assert (removed.status_code, removed.json()["removed_at"] is None) == (200, False)
    assert (await desk.post(path)).json()["removed_at"] == removed.json()["removed_at"]
    assert (await desk.get(f"/pledges/{draft}/working-copy/attachments/{file}", AMINA)).status_code == 404
    again = await desk.patch(f"/pledges/{draft}", {"attachment": file}, seen=await desk.etag(draft))
    assert set(faults(again)) == {"attachment"}
    assert len(stored(desk)) == 1
    await age(desk)
    assert await sweep(desk.service.database, desk.service.app.state.store, desk.service.clock) == 1
    assert stored(desk) == []


async def age(desk: Desk) -> None:
    """What is loose has been so for longer than an upload can take."""
    await desk.service.rows("update loose_object set since = since - interval '61 minutes' returning 1")


async def test_what_a_killed_process_left_is_swept_and_nothing_else(desk: Desk, draft: str) -> None:
    """Killed between the object and its row: the next file is not touched, the orphan goes after an hour."""
    store: Store = desk.service.app.state.store
    kept = await attached(desk, draft)
    killed = asyncio.create_task(send(desk, draft, PDF))
    original, reached = store.put, asyncio.Event()

    async def put(name: str, file: Any) -> None:
        await original(name, file)
        reached.set()
        await asyncio.Event().wait()

    store.put = put  # type: ignore[method-assign] # the moment that a kill would choose
    await reached.wait()
    killed.cancel()
    store.put = original  # type: ignore[method-assign]
    assert (len(stored(desk)), len(await desk.service.rows("select * from attachment"))) == (2, 1)
    assert await sweep(desk.service.database, store, desk.service.clock) == 0  # it may still be under way
    await age(desk)
    assert await sweep(desk.service.database, store, desk.service.clock) == 1
    assert await desk.service.rows("select * from loose_object") == []
    assert (await desk.get(f"/pledges/{draft}/working-copy/attachments/{kept}", AMINA)).content == PDF
    [row] = await desk.service.rows("select object from attachment")
    assert stored(desk) == [row["object"]]


async def test_a_store_that_is_away_is_said_and_leaves_no_file(desk: Desk, draft: str) -> None:
    file = await attached(desk, draft)
    folder = desk.service.clock_file.parent / "attachments"
    folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    assert (await send(desk, draft, PDF)).status_code == 503
    got = await desk.get(f"/pledges/{draft}/working-copy/attachments/{file}", AMINA)
    assert (got.status_code, got.headers["content-type"]) == (503, "application/problem+json")
    await age(desk)
    with pytest.raises(Unavailable):
        await sweep(desk.service.database, desk.service.app.state.store, desk.service.clock)
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert await sweep(desk.service.database, desk.service.app.state.store, desk.service.clock) == 1
    assert (await desk.get(f"/pledges/{draft}/working-copy/attachments/{file}", AMINA)).content == PDF


async def test_a_pledge_takes_fifty_files(desk: Desk, draft: str) -> None:
    first = await send(desk, draft, PDF, key="the fiftieth")
    await desk.service.rows(COPIES)
    full = await send(desk, draft, PDF)
    assert (full.status_code, "remove one" in full.json()["detail"]) == (409, True)
    again = await send(desk, draft, PDF, key="the fiftieth")  # whose answer was lost
    assert (again.status_code, again.text) == (201, first.text)
    assert (await send(desk, draft, TEXT, name="a.txt", key="the fiftieth")).status_code == 422
    assert (await send(desk, draft, PDF, who=VERA, key="the fiftieth")).status_code == 403


@pytest.mark.parametrize("change", ["update attachment set sha256 = ''", "delete from attachment"])
async def test_the_application_cannot_change_a_file(desk: Desk, draft: str, change: str) -> None:
    await send(desk, draft, PDF)

    async def attempt() -> None:
        async with desk.service.database.transaction() as session:
            await session.execute(text(change))

    with pytest.raises(DBAPIError, match="permission denied"):
        await attempt()
