"""The typed client at the real applications."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.pledges.progress.schemas import EXAMPLE as REPORT
from services.pledges.registry.content import EXAMPLE
from shared.client import Addresses, Client, Conflict, Missing, NotAllowed, NotSignedIn, Refused, Stale
from shared.client.models.pledges import ChangeRequest, NewPledge, Saving, WantedChange, WorkingCopy
from shared.client.models.reports import Report
from shared.client.models.support import Opening
from tests.support.api import Service, Services
from tests.support.entities import add_entity, give
from tests.support.tokens import token

As = Callable[..., Client]


@asynccontextmanager
async def clients(**apps: FastAPI) -> AsyncIterator[As]:
    mounts = {f"http://{name}": httpx.ASGITransport(app) for name, app in apps.items()}
    async with httpx.AsyncClient(mounts=mounts) as http:
        addresses = Addresses("http://pledges/", "http://support", "http://notifications")
        yield lambda person="", *roles: Client(addresses, token(person, roles) if person else None, http)


@pytest.fixture
async def as_(pledges: Service) -> AsyncIterator[As]:
    """A client of somebody: `as_("amina")`, `as_("noor", "network_staff")`; `as_()` is not signed in."""
    await add_entity(pledges)
    await give(pledges, "amina")
    async with clients(pledges=pledges.app) as made:
        yield made


async def _create(client: Client, key: str | None = None, **changed: object) -> WorkingCopy:
    return await client.pledges.create(NewPledge.model_validate(EXAMPLE | {"entity_id": "veridia"} | changed), key=key)


async def test_a_pledge_lives_its_life(as_: As) -> None:
    amina, noor, anyone = as_("amina").pledges, as_("noor", "network_staff").pledges, as_().pledges
    copy = await amina.create(NewPledge(entity_id="veridia", title="Documents"))
    with pytest.raises(Refused) as refused:
        await amina.submit(copy.pledge_id, seen=copy.etag)
    assert refused.value.status == 422
    assert refused.value.type.endswith("/invalid-fields")
    assert {"description", "objectives"} <= {fault.field for fault in refused.value.errors}
    assert all(fault.problem and fault.remedy for fault in refused.value.errors)
    copy = await amina.save(copy.pledge_id, Saving.model_validate(EXAMPLE), seen=copy.etag)
    copy = await amina.submit(copy.pledge_id, seen=copy.etag)
    asked = ChangeRequest(fields=[WantedChange(field="period", says="Until when?")])
    copy = await noor.request_changes(copy.pledge_id, asked, seen=copy.etag)
    [step] = [one for one in (await amina.working_copy(copy.pledge_id)).steps if one.asked]
    assert step.asked[0].says == "Until when?"
    copy = await amina.submit(copy.pledge_id, seen=copy.etag)
    await noor.publish(copy.pledge_id, seen=copy.etag)
    shown = await anyone.get(copy.pledge_id)
    assert (shown.title, shown.version, shown.targets[0].value) == (EXAMPLE["title"], 1, Decimal(12))
    assert [step.action async for step in anyone.history(copy.pledge_id)] == ["published"]
    await amina.report(copy.pledge_id, Report.model_validate(REPORT))
    assert (await anyone.updates(copy.pledge_id)).items[0].values[0].value == Decimal(7)
    assert (await anyone.review_pledges("plenary-2024")).reported == 1


async def test_what_is_read_can_be_sent_back_whole(as_: As) -> None:
    amina = as_("amina").pledges
    copy = await _create(as_("amina"))
    same = await amina.save(copy.pledge_id, Saving(**copy.content.model_dump()), seen=copy.etag)
    assert same.content == copy.content
    newer = copy.content.model_validate({"title": "x", "of_a_later_version": [1]})
    assert Saving(**newer.model_dump()).model_dump(exclude_unset=True)["of_a_later_version"] == [1]


async def test_what_is_seen_must_be_the_newest(as_: As) -> None:
    amina = as_("amina").pledges
    copy = await _create(as_("amina"))
    await amina.save(copy.pledge_id, Saving(title="Newer"), seen=copy.etag)
    with pytest.raises(Stale, match="present one"):
        await amina.save(copy.pledge_id, Saving(title="Older"), seen=copy.etag)


async def test_the_same_key_is_the_same_pledge(as_: As) -> None:
    first, again = [await _create(as_("amina"), key="once") for _ in range(2)]
    assert first.pledge_id == again.pledge_id
    assert (await _create(as_("amina"))).pledge_id != first.pledge_id


async def test_refusals_are_typed(as_: As) -> None:
    copy = await _create(as_("amina"))
    with pytest.raises(NotSignedIn):
        await as_().pledges.me()
    with pytest.raises(NotAllowed):
        await as_("amina").pledges.submissions()
    for nowhere in (uuid4(), "../entities", "a/b?c#d"):
        with pytest.raises((Missing, Refused)):
            await as_().pledges.get(nowhere)
    with pytest.raises(Conflict):
        await as_("noor", "network_staff").pledges.publish(copy.pledge_id, seen=copy.etag)


async def test_lists_are_pages_and_streams(as_: As) -> None:
    made = [(await _create(as_("amina"), title=f"Pledge {n}")).pledge_id for n in range(5)]
    mine = as_("amina").pledges.mine(limit=2)
    page = await mine
    assert [item.pledge_id for item in page.items] == made[:2:-1]
    second = await as_("amina").pledges.mine(limit=2, cursor=page.next)
    assert [item.pledge_id for item in second.items] == made[2:0:-1]
    assert [item.pledge_id async for item in mine] == made[::-1]
    assert [item async for item in as_("amina").pledges.mine(state="published")] == []


async def test_the_other_services_answer_too(service: Services, pledges: Service, as_: As) -> None:
    copy = await _create(as_("amina"))
    support = await service("network_support", httpx.AsyncClient(transport=httpx.ASGITransport(pledges.app)))
    async with clients(support=support.app, notifications=(await service("notifications")).app) as others:
        await _asks_and_withdraws(others("amina"), copy.pledge_id)
        rosa = others("rosa", "reviewer").notifications
        assert (await rosa.reminders(milestone="plenary-2024")).items == []
        assert (await rosa.deliveries(state="sent")).items == []


async def _asks_and_withdraws(amina: Client, pledge_id: UUID) -> None:
    text = {"text": "How do others do it?", "language": "en", "type": "knowledge_exchange"}
    wish = Opening(entity_id="veridia", pledge_id=pledge_id, **text)
    request = await amina.support.open(wish)
    withdrawn = await amina.support.withdraw(request.request_id, seen=request.etag)
    assert (request.state, withdrawn.state) == ("pending_pledge", "withdrawn")
    assert [line.step for line in (await amina.support.history(request.request_id)).items][-1] == "withdrawn"
    assert [one.request_id async for one in amina.support.mine(pledge=pledge_id)] == [request.request_id]


async def test_a_token_is_asked_for_before_each_request(pledges: Service) -> None:
    given = iter((token("amina"), token("kofi")))

    async def next_token() -> str:
        return next(given)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(pledges.app)) as http:
        client = Client(Addresses("http://pledges"), next_token, http)
        assert [(await client.pledges.me()).person_id for _ in range(2)] == ["amina", "kofi"]


async def test_a_key_and_an_etag_from_a_form_may_be_any_text(as_: As) -> None:
    amina = as_("amina").pledges
    first, again = [await _create(as_("amina"), key="clé \N{BUTTERFLY}\r\nHost: x") for _ in range(2)]
    assert first.pledge_id == again.pledge_id
    with pytest.raises(Refused) as refused:
        await amina.submit(first.pledge_id, seen="é", key="another")
    assert refused.value.status in {400, 412}
