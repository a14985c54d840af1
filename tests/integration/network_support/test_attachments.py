"""Files of requests: in from both sides, out to who may read the request, to be saved and never shown."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.network_support.attachments.commands import MOST
from shared.files.store import Store
from shared.files.sweeping import sweep
from shared.web.limits import LARGEST_FILE
from tests.integration.network_support.support import (
    ADMIN,
    DELEGATE,
    FOCAL_POINT,
    OTHER,
    REVIEWER,
    STAFF,
    VIEWER,
    Support,
    wish,
)
from tests.support.api import once
from tests.support.entities import faults
from tests.support.files import GOOD, PDF, PROGRAM, open_xml
from tests.support.tokens import bearer

AMINA = bearer(FOCAL_POINT)
MORE = """
insert into attachment
select gen_random_uuid(), request_id, gen_random_uuid()::text, name, media_type, size, sha256, person, by,
       uploaded_at, recorded_at, null
from attachment, generate_series(1, :more) returning 1
"""


@pytest.fixture
async def submitted(support: Support, pledge: UUID) -> str:
    await support.hears(pledge)
    return str((await support.opened(pledge))["request_id"])


@pytest.fixture
async def draft(support: Support, pledge: UUID) -> str:
    return str((await support.post("/requests/drafts", wish(pledge))).json()["request_id"])


async def send(
    support: Support,
    request_id: str,
    content: Any = PDF,
    name: str = "plan.pdf",
    who: dict[str, str] = AMINA,
    *,
    key: str = "",
) -> httpx.Response:
    headers = once(who) | {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": "text/html"}
    headers |= {"Idempotency-Key": key} if key else {}
    return await support.service.client.post(f"/requests/{request_id}/attachments", content=content, headers=headers)


def stored(support: Support) -> list[str]:
    return sorted(file.name for file in (support.service.clock_file.parent / "attachments").iterdir())


@pytest.mark.parametrize(("who", "by"), [(AMINA, "entity"), (bearer(DELEGATE), "entity"), (STAFF, "network_staff")])
async def test_a_file_of_either_side_comes_back_to_be_saved(
    support: Support, submitted: str, who: dict[str, str], by: str
) -> None:
    sent = await send(support, submitted, GOOD["docx"], "../Plan\r.docx", who)
    assert sent.status_code == 201, sent.text
    said = sent.json()
    assert (said["name"], said["size"], said["by"]) == ("Plan.docx", len(GOOD["docx"]), by)
    path = f"/requests/{submitted}/attachments"
    for reader in (AMINA, bearer(VIEWER), STAFF, REVIEWER, ADMIN):
        got = await support.get(f"{path}/{said['attachment_id']}", reader)
        assert (got.status_code, got.content, got.headers["cache-control"]) == (200, GOOD["docx"], "no-store")
        assert got.headers["content-disposition"].startswith("attachment; ")
        assert got.headers["content-security-policy"].startswith("sandbox")
        assert [one["attachment_id"] for one in (await support.get(path, reader)).json()["items"]] == [
            said["attachment_id"]
        ]
    for stranger in (bearer(OTHER), bearer("nobody")):
        assert (await support.get(f"{path}/{said['attachment_id']}", stranger)).status_code == 404
        assert (await support.get(path, stranger)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [(bearer(VIEWER), 403), (bearer(OTHER), 404), (REVIEWER, 404)])
async def test_nobody_else_sends_one(support: Support, submitted: str, who: dict[str, str], status: int) -> None:
    assert (await send(support, submitted, who=who)).status_code == status
    assert await support.service.rows("select * from loose_object") == []


async def test_a_file_changes_neither_revision_nor_history(support: Support, submitted: str) -> None:
    await send(support, submitted)
    assert (await support.read({"request_id": submitted}))["revision"] == 1
    assert await support.events() == ["support.requested.v1", "request.received.v1"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "plan.pdf"),
        (PROGRAM, "plan.exe"),
        (PROGRAM, "plan.pdf"),
        (b"<html><script>alert(1)</script></html>", "plan.doc"),
        (open_xml("docx", more={"word/vbaProject.bin": b"x"}), "plan.docx"),
    ],
)
async def test_what_is_not_taken_leaves_nothing(support: Support, submitted: str, content: bytes, name: str) -> None:
    refused = await send(support, submitted, content, name)
    assert (refused.status_code, set(faults(refused))) == (422, {"file"}), refused.text
    assert await support.service.rows("select * from attachment") == []
    assert await support.service.rows("select * from loose_object") == []


async def test_one_of_30_megabytes_is_refused_before_it_is_read(support: Support, submitted: str) -> None:
    async def much() -> Any:
        for _ in range(30):
            yield b"x" * 1_000_000

    assert (await send(support, submitted, much(), "plan.txt")).status_code == 413
    assert LARGEST_FILE < 30_000_000
    assert stored(support) == []


async def test_a_draft_and_its_files_are_its_entitys_and_can_be_removed(support: Support, draft: str) -> None:
    assert (await send(support, draft, who=STAFF)).status_code == 404
    sent = (await send(support, draft)).json()
    path = f"/requests/{draft}/attachments"
    assert (await support.get(path, STAFF)).status_code == 404
    gone = await support.post(f"{path}/{sent['attachment_id']}/remove")
    assert (gone.status_code, gone.json()["removed_at"] is not None) == (200, True)
    assert (await support.get(f"{path}/{sent['attachment_id']}")).status_code == 404
    assert (await support.post(f"{path}/{sent['attachment_id']}/remove")).status_code == 404
    await support.service.rows("update loose_object set since = since - interval '61 minutes' returning 1")
    store = Store((support.service.clock_file.parent / "attachments").as_uri())
    assert await sweep(support.service.database, store, support.service.clock) == 1
    assert stored(support) == []


async def test_what_was_sent_stays(support: Support, submitted: str) -> None:
    sent = (await send(support, submitted)).json()
    path = f"/requests/{submitted}/attachments/{sent['attachment_id']}/remove"
    assert (await support.post(path)).status_code == 409
    assert (await support.post(path, headers=bearer(OTHER))).status_code == 404


async def test_what_is_over_takes_no_more(support: Support, submitted: str) -> None:
    await support.post(f"/requests/{submitted}/withdraw", seen=1)
    assert (await send(support, submitted)).status_code == 409


async def test_one_that_was_merged_says_where_it_goes_on(support: Support, pledge: UUID, submitted: str) -> None:
    into = (await support.opened(pledge))["request_id"]
    body = {"into": into, "reason": "The same."}
    assert (await support.post(f"/requests/{submitted}/merge", body, STAFF, seen=1)).status_code == 200
    for who in (AMINA, STAFF):
        refused = await send(support, submitted, who=who)
        assert (refused.status_code, refused.json()["into"]) == (409, into)
    assert stored(support) == []


async def test_there_is_an_end_to_how_many(support: Support, submitted: str) -> None:
    first = await send(support, submitted, key="the last")
    await support.service.rows(MORE, more=MOST - 1)
    assert (await send(support, submitted)).status_code == 409
    again = await send(support, submitted, key="the last")  # whose answer was lost
    assert (again.status_code, again.text) == (201, first.text)


@pytest.mark.parametrize("place", ["/requests/none/attachments", f"/requests/{UUID(int=1)}/attachments"])
async def test_of_a_request_that_does_not_exist(support: Support, place: str) -> None:
    assert (await support.get(place)).status_code in {404, 422}
    answer = await support.service.client.post(place, content=PDF, headers=once(AMINA))
    assert answer.status_code in {404, 422}
