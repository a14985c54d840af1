"""Action links: used once, by whom they were made for, and never by being looked at."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.pledges.progress.links import LIFE
from services.pledges.progress.schemas import EXAMPLE as REPORT
from services.pledges.progress.sealing import Grant, Seal
from tests.integration.pledges.conftest import AMINA, Desk
from tests.integration.pledges.progress.test_partners import amended
from tests.support.api import SEAL
from tests.support.entities import ADMIN, MACHINE, STAFF, add_entity, faults, give, made, register

NO_CHANGE = {"no_change": True}


class Reminded:
    """Amina, who holds a link to a published pledge of Veridia."""

    def __init__(self, desk: Desk, pledge_id: str) -> None:
        self.desk, self.pledge_id, self.client = desk, pledge_id, desk.service.client
        self.path = f"/pledges/{pledge_id}"

    async def links(self, *pledge_ids: str, **changed: Any) -> dict[str, str]:
        wanted = {"person_id": "amina", "entity_id": "veridia", "pledge_ids": pledge_ids or [self.pledge_id]} | changed
        found = await made(self.client.post("/contacts/resolve", json=wanted, headers=MACHINE))
        links: dict[str, str] = found.get("links", {})
        return links

    async def token(self) -> str:
        return (await self.links())[self.pledge_id]

    async def check(self, token: str) -> dict[str, Any]:
        return await made(self.client.post("/links/check", json={"token": token}))

    async def use(self, token: str, report: object = NO_CHANGE) -> httpx.Response:
        return await self.client.post("/links/use", json={"token": token, "report": report})

    async def end_membership(self) -> None:
        [row] = await self.desk.service.rows("select membership_id from membership where person_id = 'amina'")
        await made(self.desk.post(f"/entities/veridia/memberships/{row['membership_id']}/end", who=ADMIN))

    async def fingerprint(self) -> dict[str, str]:
        """Of every table."""
        tables = await self.desk.service.rows("select tablename from pg_tables where schemaname = 'public'")
        found = {}
        for name in sorted(row["tablename"] for row in tables):
            query = f"select md5(string_agg(t::text, '|' order by t::text)) as mark from {name} t"  # noqa: S608
            found[name] = str((await self.desk.service.rows(query))[0]["mark"])
        return found


@pytest.fixture
async def reminded(desk: Desk) -> Reminded:
    await register(desk.service, "amina")
    return Reminded(desk, await desk.published())


@pytest.fixture
async def reported(reminded: Reminded) -> Reminded:
    await made(reminded.desk.post(f"{reminded.path}/updates", REPORT))
    return reminded


async def test_it_says_what_it_will_record_and_what_it_has_recorded(reported: Reminded) -> None:
    token = await reported.token()
    before = await reported.check(token)
    assert (before["state"], before["title"], before["entity"]["name"]) == (
        "open",
        (await reported.desk.get(reported.path)).json()["title"],
        "Veridia",
    )
    assert (before["last"]["status"], before["last"]["summary"]) == (REPORT["status"], REPORT["summary"])
    assert before["recorded"] is None
    done = await reported.use(token)
    assert (done.status_code, done.headers["location"]) == (201, f"{reported.path}/updates")
    assert (done.json()["number"], done.json()["no_change"], done.json()["status"]) == (2, True, REPORT["status"])
    after = await reported.check(token)
    assert (after["state"], after["recorded"], after["last"]) == ("used", done.json(), done.json())


async def test_it_is_a_report_like_any_other(reported: Reminded) -> None:
    """With its event and its public step, and in the database the person to whom the link was sent."""
    done = await reported.use(await reported.token(), REPORT)
    public = (await reported.desk.get(reported.path)).json()
    assert public["progress"] == {
        "status": REPORT["status"],
        "last_reported_at": done.json()["reported_at"],
        "reports": 2,
        "paid": [{"amount": "1100000", "currency": "EUR", "bound": "exactly"}],
        "evidence": "evidenced",
        "stuck": None,
    }
    told = (await reported.desk.service.outbox("gcm.pledges"))[-1]
    assert (told.type, told.data["pledge"]["progress"]["reports"]) == ("pledge.reported.v1", 2)
    rows = await reported.desk.service.rows("select person_id from progress_update order by number")
    assert [row["person_id"] for row in rows] == ["amina", "amina"]
    [used] = await reported.desk.service.rows("select pledge_id, number from used_link")
    assert used == {"pledge_id": UUID(reported.pledge_id), "number": 2}


async def test_the_second_use_is_told_what_the_first_recorded(reported: Reminded) -> None:
    token = await reported.token()
    await made(reported.use(token))
    before = await reported.fingerprint()
    again = await reported.use(token, REPORT | {"status": "stalled"})
    assert again.status_code == 409
    assert faults(again) == {}
    assert all(word in again.json()["detail"] for word in ("no change", "in_progress", "2024-09-02", "sign in"))
    assert "amina" not in again.text
    assert await reported.fingerprint() == before


async def test_two_uses_at_once_are_one_report(reported: Reminded) -> None:
    token = await reported.token()
    answers = await asyncio.gather(*(reported.use(token) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert all("no change" in answer.json()["detail"] for answer in answers if answer.status_code == 409)
    assert (await reported.desk.counts())["progress_update"] == 2
    assert len(await reported.desk.service.rows("select * from used_link")) == 1


async def test_each_link_is_used_by_itself(reported: Reminded) -> None:
    first, second = await reported.token(), await reported.token()
    await made(reported.use(first))
    assert (await reported.check(second))["state"] == "open"
    assert (await reported.use(second)).status_code == 201


async def test_nothing_has_changed_since_nothing_was_reported(reminded: Reminded) -> None:
    token = await reminded.token()
    assert (await reminded.check(token))["last"] is None
    refused = await reminded.use(token)
    assert (refused.status_code, set(faults(refused))) == (422, {"no_change"})
    assert (await reminded.use(token, REPORT)).status_code == 201


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({"status": "failed"}, "report.status"),
        ({}, "report"),
        (REPORT | {"values": [REPORT["values"][0] | {"target": "?"}]}, "values.0.target"),
        (REPORT | {"no_change": True}, "report"),
        (None, "report"),
    ],
)
async def test_a_bad_report_does_not_use_the_link_up(reported: Reminded, report: object, field: str) -> None:
    token, before = await reported.token(), await reported.fingerprint()
    refused = await reported.use(token, report)
    assert (refused.status_code, set(faults(refused))) == (422, {field})
    assert token not in refused.text
    assert await reported.fingerprint() == before
    assert (await reported.use(token)).status_code == 201


async def test_after_its_end_it_records_nothing(reported: Reminded) -> None:
    now = reported.desk.service.clock.system()
    grant = {"person_id": "amina", "pledge_id": UUID(reported.pledge_id)}
    over = SEAL.token(Grant(link_id=UUID(int=1), until=now - timedelta(seconds=1), **grant), now)
    before = await reported.fingerprint()
    refused = await reported.use(over)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (410, "gone")
    assert "next reminder" in refused.json()["detail"]
    assert (await reported.check(over))["state"] == "expired"
    assert await reported.fingerprint() == before


async def test_it_ends_by_system_time_which_nobody_moves(reported: Reminded) -> None:
    token, issued = await reported.token(), reported.desk.service.clock.system()
    assert abs(SEAL.grant(token).until - issued - LIFE) < timedelta(minutes=1)
    reported.desk.service.set_clock(reported.desk.service.clock.business() + timedelta(days=400))
    assert (await reported.use(token)).status_code == 201


async def test_altered_by_one_character(reported: Reminded) -> None:
    token, before = await reported.token(), await reported.fingerprint()
    middle = len(token) // 2
    for altered in (token[:-1] + ("A" if token[-1] != "A" else "E"), token[:middle] + "x" + token[middle + 1 :]):
        for answer in (
            await reported.use(altered),
            await reported.client.post("/links/check", json={"token": altered}),
        ):
            assert (answer.status_code, set(faults(answer))) == (422, {"token"})
            assert altered not in answer.text
    assert await reported.fingerprint() == before


@pytest.mark.parametrize("token", ["", "x", "gAAAAABn", "\x00", "x" * 2_001, 7, None, ["a"]])
async def test_what_is_no_token(reminded: Reminded, token: object) -> None:
    for path, body in (("check", {"token": token}), ("use", {"token": token, "report": REPORT})):
        answer = await reminded.client.post(f"/links/{path}", json=body)
        assert (answer.status_code, set(faults(answer))) == (422, {"token"})


async def test_for_a_person_whose_membership_has_ended(reported: Reminded) -> None:
    token = await reported.token()
    await reported.end_membership()
    before = await reported.fingerprint()
    assert (await reported.check(token))["state"] == "membership_ended"
    refused = await reported.use(token)
    assert (refused.status_code, "Veridia" in refused.json()["detail"]) == (403, True)
    assert await reported.fingerprint() == before


async def test_a_delegate_may_who_was_focal_point_and_a_viewer_may_not(reported: Reminded) -> None:
    first, second = await reported.token(), await reported.token()
    await reported.end_membership()
    await give(reported.desk.service, "amina", "viewer")
    assert (await reported.use(first)).status_code == 403
    await give(reported.desk.service, "amina", "delegate")
    assert (await reported.use(second)).status_code == 201


async def test_a_pledge_that_was_closed_meanwhile(reported: Reminded) -> None:
    token = await reported.token()
    etag = await reported.desk.etag(reported.pledge_id)
    await made(reported.desk.post(f"{reported.path}/close", {"reason": "fulfilled"}, seen=etag))
    before = await reported.fingerprint()
    assert (await reported.check(token))["state"] == "pledge_closed"
    assert (await reported.use(token)).status_code == 409
    assert await reported.links() == {}
    assert await reported.fingerprint() == before


async def test_looking_changes_nothing(reported: Reminded) -> None:
    """Mail scanners open links, often several times."""
    token, before = await reported.token(), await reported.fingerprint()
    for _ in range(10):
        await reported.check(token)
        for method in ("GET", "HEAD"):
            for path in ("/links/check", "/links/use", f"/links/{token}"):
                answer = await reported.client.request(method, path)
                assert answer.status_code in {404, 405}
    assert await reported.fingerprint() == before
    assert (await reported.check(token))["state"] == "open"


async def test_links_are_made_for_open_pledges_of_the_entity_alone(reminded: Reminded) -> None:
    draft = (await reminded.desk.create()).json()["pledge_id"]
    foreign = await _published_elsewhere(reminded)
    assert list(await reminded.links(reminded.pledge_id, draft, foreign, str(UUID(int=3)))) == [reminded.pledge_id]


async def test_a_partners_link_records_in_the_partners_name(reminded: Reminded) -> None:
    await register(reminded.desk.service, "kofi")
    joint = await reminded.desk.published(kind="in_partnership", partner_entities=["kalmora"])
    links = await reminded.links(joint, reminded.pledge_id, person_id="kofi", entity_id="kalmora")
    assert list(links) == [joint]
    shown = await reminded.check(links[joint])
    assert (shown["state"], shown["entity"]["entity_id"], shown["owner"]["entity_id"]) == ("open", "kalmora", "veridia")
    done = await reminded.use(links[joint], REPORT)
    assert (done.status_code, done.json()["reporter"]["entity_id"]) == (201, "kalmora")
    assert (await reminded.check(links[joint]))["state"] == "used"


async def test_a_partners_link_ends_with_the_partnership(reminded: Reminded) -> None:
    await register(reminded.desk.service, "kofi")
    joint = await reminded.desk.published(kind="in_partnership", partner_entities=["kalmora"])
    token = (await reminded.links(joint, person_id="kofi", entity_id="kalmora"))[joint]
    await amended(reminded.desk, joint, kind="individual", partner_entities=[])
    assert (await reminded.check(token))["state"] == "membership_ended"
    assert (await reminded.use(token, REPORT)).status_code == 403


async def test_links_are_made_for_those_who_may_report_alone(reminded: Reminded) -> None:
    await register(reminded.desk.service, "vera")
    await register(reminded.desk.service, "noor", desk=True)
    assert await reminded.links(person_id="vera") == {}
    assert await reminded.links(person_id="noor", desk=True) == {}
    answer = await reminded.client.post("/contacts/resolve", json={"person_id": "amina"}, headers=AMINA)
    assert answer.status_code == 403


async def _published_elsewhere(reminded: Reminded) -> str:
    await add_entity(reminded.desk.service, entity_id="milan", names={"en": "Milan"}, aliases=[])
    await give(reminded.desk.service, "amina", entity_id="milan")
    submitted = await reminded.desk.create(entity_id="milan", submit=True)
    pledge_id = str(submitted.json()["pledge_id"])
    await made(reminded.desk.post(f"/pledges/{pledge_id}/publish", who=STAFF, seen=submitted.headers["etag"]))
    return pledge_id


async def test_a_link_to_what_is_not_public_tells_nothing(reminded: Reminded) -> None:
    """None is ever made; if one were, a draft and a pledge that never was would look the same."""
    draft = (await reminded.desk.create()).json()["pledge_id"]
    now, answers = reminded.desk.service.clock.system(), []
    for pledge_id in (draft, str(UUID(int=3))):
        grant = Grant(link_id=UUID(int=1), person_id="kofi", pledge_id=UUID(pledge_id), until=now + LIFE)
        token = SEAL.token(grant, now)
        answers += [await reminded.client.post("/links/check", json={"token": token}), await reminded.use(token)]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].text == answers[2].text
    assert answers[1].text == answers[3].text


async def test_a_key_is_replaced_while_links_are_out(reported: Reminded) -> None:
    app, old = reported.desk.service.app, await reported.token()
    app.state.seal = Seal(["a new secret", "a secret that seals the action links of tests"])
    new = await reported.token()
    assert (await reported.use(old)).status_code == 201
    app.state.seal = Seal(["a new secret"])
    assert (await reported.use(old)).status_code == 422
    assert (await reported.use(new)).status_code == 201


async def test_a_token_is_kept_nowhere(reported: Reminded, caplog: pytest.LogCaptureFixture) -> None:
    token = await reported.token()
    await reported.use(token)
    await reported.use(token)
    tables = await reported.desk.service.rows("select tablename from pg_tables where schemaname = 'public'")
    for row in tables:
        query = f"select count(*) as n from {row['tablename']} t where t::text like :token"  # noqa: S608
        [found] = await reported.desk.service.rows(query, token=f"%{token[20:60]}%")
        assert found["n"] == 0, row
    assert token[20:60] not in caplog.text


@pytest.mark.parametrize("statement", ["update used_link set number = 1", "delete from used_link"])
async def test_what_was_used_stays_used(reported: Reminded, statement: str) -> None:
    await made(reported.use(await reported.token()))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with reported.desk.service.database.transaction() as session:
            await session.execute(text(statement))
