"""What changes on the desk reaches boards that are open: at once, once, in order, and nothing that it should not."""

import asyncio
import time
from uuid import UUID

import pytest
from sqlalchemy import text

from services.network_support.board import feed
from services.network_support.board.forgetting import Forgetting
from tests.integration.network_support.board.listening import board, quick, replica
from tests.integration.network_support.support import FOCAL_POINT, REVIEWER, STAFF
from tests.integration.network_support.triage.desk import AS_OMAR, NORA, Desk
from tests.support.api import served
from tests.support.tokens import bearer, token

WORDS = "zanzibar lantern"


async def test_a_change_reaches_all_boards_of_both_processes_with_ids_and_codes_only(desk: Desk, pledge: UUID) -> None:
    service, other = desk.support.service, replica(desk.support.service)
    request = await desk.submitted(pledge, text=WORDS)
    async with (
        served(service) as here,
        served(other) as there,
        board(here) as first,
        board(here, AS_OMAR) as second,
        board(there) as third,
    ):
        assert (await desk.does("assign", request, officer="me", reason=WORDS)).is_success
        boards = (first, second, third)
        for one in boards:
            [told] = await one.hears()
            assert told.data == {
                "case_id": request["request_id"],
                "revision": 2,
                "changed": ["officer"],
                "by": "network_staff",
                "officer": NORA,
            }
            assert "zanzibar" not in one.raw
            assert FOCAL_POINT not in one.raw
            assert 2000 <= one.retry <= 5000
        assert len({one.last for one in boards}) == 1  # an event has one id, whoever tells it


async def test_what_is_told_of_each_kind_of_change(desk: Desk, pledge: UUID) -> None:
    async with served(desk.support.service) as here, board(here) as opened:
        request = await desk.submitted(pledge)
        await desk.does("prioritise", request, priority="high", reason="The plenary")
        await desk.put(f"/cases/{request['request_id']}/presence")
        await desk.put(f"/cases/{request['request_id']}/presence")  # still there: no news
        await desk.delete(f"/cases/{request['request_id']}/presence")
        said = {"text": "Which posts?"}
        assert (await desk.support.post(f"/requests/{request['request_id']}/notes", said, STAFF)).is_success
        await desk.support.post(f"/requests/{request['request_id']}/acknowledge", {}, STAFF, request["revision"])
        told = [one.data["changed"] for one in await opened.hears(number=6)]
    assert "new" in told[0]
    assert told[1:5] == [["priority"], ["presence"], ["presence"], ["conversation"]]
    assert set(told[5]) == {"stage", "clock"}


async def test_nothing_of_a_draft_or_of_what_waits_for_its_pledge_is_told(desk: Desk, pledge: UUID) -> None:
    async with served(desk.support.service) as here, board(here) as opened:
        draft = {"entity_id": "veridia", "pledge_id": str(pledge), "type": "knowledge_exchange", "text": WORDS}
        made = await desk.support.post("/requests/drafts", draft | {"language": "en"})
        assert made.is_success, made.text
        await desk.support.opened(pledge)  # the pledge is not known
        other = await desk.submitted(UUID(int=7))
        [told] = await opened.hears()
    assert told.data["case_id"] == other["request_id"]


async def test_boards_are_for_staff(desk: Desk) -> None:
    for headers, status in (({}, 401), (bearer(FOCAL_POINT), 403), (REVIEWER, 403), (bearer("m", "service"), 403)):
        for path in ("/board", "/board/events"):
            answer = await desk.support.service.client.get(path, headers=headers)
            assert answer.status_code == status, answer.text
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_server_that_dies_costs_a_board_nothing(desk: Desk, pledge: UUID) -> None:
    service = desk.support.service
    request = await desk.submitted(pledge)
    async with served(service) as here, board(here) as cut:
        await desk.does("assign", request, officer="me")
        await cut.hears()
        begun = time.monotonic()
        service.app.state.parts.stop.set()  # as SIGTERM does
        await cut.ends()
        assert time.monotonic() - begun < 3
    await desk.does("hand-back", request, reason="On mission")
    quick(service)
    await desk.does("prioritise", request, priority="low", reason="Later")
    async with served(service) as again, board(again, STAFF | {"Last-Event-ID": cut.last}) as resumed:
        missed = await resumed.hears(number=2)
        assert [one.data["changed"] for one in missed] == [["officer"], ["priority"]]
        await desk.does("assign", request, officer="me")
        assert len(await resumed.hears(number=3)) == 3
    async with served(service) as again, board(again, after=missed[0].id) as by_query:
        assert (await by_query.hears(number=2))[0].id == missed[1].id


async def test_what_is_read_after_the_place_was_asked_is_not_told_and_what_comes_later_is(
    desk: Desk, pledge: UUID
) -> None:
    request = await desk.submitted(pledge)
    place = (await desk.get("/board"))["position"]
    await desk.does("assign", request, officer="me")
    async with served(desk.support.service) as here, board(here, after=place) as opened:
        [told] = await opened.hears()
        assert told.data["changed"] == ["officer"]


async def test_of_two_transactions_at_once_the_one_that_ends_late_is_not_lost(desk: Desk, pledge: UUID) -> None:
    first, second = await desk.submitted(pledge), await desk.submitted(UUID(int=7))
    assign = text("update triage_case set officer = 'nora' where case_id = :id")
    async with served(desk.support.service) as here, board(here) as opened:
        async with desk.support.service.database.transaction() as slow:
            await slow.execute(assign, {"id": first["request_id"]})
            await desk.does("prioritise", second, priority="high", reason="Soon")
            await asyncio.sleep(0.2)  # several looks
            assert [one.event for one in opened.told] == ["begun"]
        told = await opened.hears(number=2)
    assert [one.data["case_id"] for one in told] == [first["request_id"], second["request_id"]]


@pytest.mark.parametrize("place", ["nonsense", "1-1-1", "999999999999-0-{now}", "9" * 60])
async def test_a_place_that_is_not_known_any_more_is_said(desk: Desk, place: str) -> None:
    async with served(desk.support.service) as here, board(here, after=place.format(now=int(time.time()))) as opened:
        [told] = await opened.hears("resync")
    async with served(desk.support.service) as here, board(here, after=told.id) as good:
        await desk.put("/me/officer", {}, seen=1)
        assert [one.event for one in good.told] == ["begun"]


async def test_more_than_can_be_named_is_one_sentence(desk: Desk) -> None:
    many = text(
        "insert into triage_case (case_id, kind, stage, is_open, opened_at, changed_at)"
        " select gen_random_uuid(), 'lead_left', 'waiting', true, now(), now() from generate_series(1, 150)"
    )
    async with desk.support.service.database.transaction() as session:
        await session.execute(many)
    async with served(desk.support.service) as here, board(here) as opened:
        async with desk.support.service.database.transaction() as session:
            await session.execute(text("update triage_case set due_at = now()"))
        await opened.hears("resync")
        assert not [one for one in opened.told if one.event == "changed"]


async def test_a_token_that_is_over_ends_the_board(desk: Desk) -> None:
    quick(desk.support.service, beat=0.1)
    until = int(time.time()) - 8  # which the leeway of ten seconds lets pass
    brief = {"Authorization": f"Bearer {token(NORA, ['network_staff'], exp=until)}"}
    async with served(desk.support.service) as here, board(here, brief) as opened:
        await opened.hears("beat")
        [told] = await opened.hears("over")
        assert told.data == {"why": "token"}
        await opened.ends()


async def test_a_lost_database_connection_is_made_anew(desk: Desk, pledge: UUID) -> None:
    request = await desk.submitted(pledge)
    async with served(desk.support.service) as here, board(here) as opened:
        end = text(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'board' and datname = current_database()"
        )
        async with desk.support.service.database.transaction() as session:
            assert len((await session.execute(end)).all()) == 1  # one reader a process
        await desk.does("assign", request, officer="me")
        assert len(await opened.hears()) == 1


async def test_a_board_that_cannot_follow_is_told_to_look_anew() -> None:
    slow = feed.Subscriber()
    for _ in range(feed.WAITING + 1):
        slow.tell(feed.Sent(None, b""))  # type: ignore[arg-type] # nobody looks at it
    assert slow.lost
    assert await slow.next(0) == []


async def test_what_is_a_day_old_is_forgotten(desk: Desk, pledge: UUID) -> None:
    service = desk.support.service
    await desk.submitted(pledge)
    async with service.owner.transaction() as session:
        await session.execute(text("update board_event set at = at - interval '25 hours'"))
    await desk.submitted(UUID(int=7))
    await Forgetting(service.database, service.clock).once()
    assert len(await service.rows("select case_id from board_event where what = 'new'")) == 1
