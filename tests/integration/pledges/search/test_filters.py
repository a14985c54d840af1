"""Each filter alone and some together, from the bits and from what is not folded yet; and the counts of values."""

from uuid import UUID

import pytest
from sqlalchemy import text

from services.pledges.registry.content import EXAMPLE
from services.pledges.registry.support import SUPPORT_OF_PLEDGES
from services.pledges.search import index
from services.pledges.search.filters import Filters
from services.pledges.search.queries import FACETS
from shared.events.pledges import PledgeSnapshot
from tests.integration.pledges.conftest import Desk
from tests.integration.pledges.registry.test_support import hear
from tests.integration.pledges.search.conftest import Four, fold
from tests.support.entities import ADMIN, STAFF, faults, made

EACH = [
    ("", ["Gamma", "Beta", "Alpha", "Before"]),
    ("entity=kalmora", ["Beta"]),
    ("entity=kalmora&entity=veridia&state=published", ["Gamma", "Alpha", "Before"]),
    ("entity=nobody", []),
    ("entity_kind=member_state&form=financial", ["Alpha"]),
    ("group=african", ["Gamma", "Beta", "Alpha", "Before"]),
    ("group=african&as_of=2020-01-01", []),
    ("objective=objective-7", ["Alpha"]),
    ("objective=objective-7&objective=objective-14", ["Gamma", "Beta", "Alpha", "Before"]),
    ("round_table=1&principle=gender-responsive", []),
    ("principle=people-centred&state=published", ["Gamma", "Before"]),
    ("commitment=52", ["Alpha"]),
    ("form=process", ["Gamma", "Beta", "Before"]),
    ("kind=matching", ["Alpha"]),
    ("state=closed", ["Beta"]),
    ("closed_reason=ended", ["Beta"]),
    ("closed_reason=withdrawn", []),
    ("status=in_progress", ["Gamma"]),
    ("status=none", ["Beta", "Alpha", "Before"]),
    ("cycle=2026", ["Alpha"]),
    ("level=local", ["Alpha"]),
    ("level=national&level=local", ["Gamma", "Beta", "Alpha", "Before"]),
    ("country=PER", ["Alpha"]),
    ("country=KEN&entity=kalmora", ["Beta"]),
    ("sdg_target=8.8", ["Alpha"]),
    ("framework=paris", ["Alpha"]),
    ("partner=kalmora", ["Alpha"]),
    ("language=es", ["Alpha"]),
    ("language=pt", ["Alpha"]),
    ("language=fr", ["Gamma", "Beta", "Before"]),
    ("origin=submitted&kind=matching", ["Alpha"]),
    ("origin=public_statement", []),
    ("support=requested", ["Gamma"]),
    ("support=delivered", []),
    ("has_support_request=true", ["Gamma"]),
    ("has_support_request=false", ["Beta", "Alpha", "Before"]),
    ("silent_since=2024-09-02", []),
    ("silent_since=2024-09-03", ["Alpha", "Before"]),
    ("silent_since=2024-10-20", ["Alpha", "Before"]),
    ("silent_since=2024-10-21", ["Gamma", "Alpha", "Before"]),
    ("period_from=2024-11-30", ["Gamma", "Beta", "Alpha", "Before"]),
    ("period_from=2024-12-01", ["Beta", "Alpha", "Before"]),
    ("period_from=2026-12-31", ["Alpha", "Before"]),
    ("period_from=2027-01-01", ["Alpha"]),
    ("period_to=2022-12-31", []),
    ("period_to=2023-01-01", ["Gamma"]),
    ("period_to=2026-02-28", ["Gamma", "Beta", "Before"]),
    ("period_to=2026-03-01", ["Gamma", "Beta", "Alpha", "Before"]),
    ("period_from=2025-01-01&period_to=2025-12-31", ["Beta", "Before"]),
    ("published_from=2024-09-03", ["Gamma"]),
    ("published_to=2024-09-02", ["Beta", "Alpha", "Before"]),
    ("text=alpha", ["Alpha"]),
    ("text=consular", ["Gamma", "Beta", "Alpha", "Before"]),
    ("text=consular&objective=objective-4&state=closed", ["Beta"]),
]


async def test_each_filter(four: Four) -> None:
    wrong = {query: found for query, wanted in EACH if (found := await four.listed(query)) != wanted}
    assert wrong == {}


def test_every_filter_is_tried() -> None:
    tried = {part.partition("=")[0] for query, _ in EACH for part in query.split("&") if part}
    assert tried == set(Filters.model_fields)


async def test_each_value_is_counted_under_the_other_filters(four: Four) -> None:
    found = await four.counted("objective=objective-7&state=published")
    assert found["total"] == {"": 1}
    assert found["objective"] == {"objective-4": 2, "objective-14": 2, "objective-7": 1, "objective-23": 1}
    assert found["state"] == {"published": 1}
    assert found["form"] == {"financial": 1}
    found = await four.counted("has_support_request=true&of=status")
    assert found == {"total": {"": 1}, "status": {"in_progress": 1}}
    assert (await four.counted("text=nothing&of=kind")) == {"total": {"": 0}, "kind": {}}


async def test_counts_agree_with_the_list(four: Four) -> None:
    """For every value that is counted, the list with that value has as many lines."""
    every = "&".join(f"of={name}" for name in FACETS)
    for name, values in (await four.counted(every)).items():
        for code, count in values.items():
            assert len(await four.listed(f"{name}={code}" if code else "")) == count, (name, code)


async def test_an_amendment_moves_a_pledge_from_value_to_value(four: Four) -> None:
    body = EXAMPLE | {"title": "Omega", "main_objectives": [], "objectives": ["objective-2"], "forms": ["policy"]}
    path = f"/pledges/{four.ids['Before']}"
    saved = await four.desk.put(path, body, seen=await four.desk.etag(four.ids["Before"]))
    submitted = await four.desk.post(f"{path}/submit", seen=saved.headers["etag"])
    assert await four.listed("text=omega") == []  # nobody has published it
    await made(four.desk.post(f"{path}/publish", who=STAFF, seen=submitted.headers["etag"]))
    for folded in (False, True):
        if folded:
            await fold(four.desk)
        assert await four.listed("text=omega") == ["Omega"]
        assert await four.listed("objective=objective-2&form=policy") == ["Omega"]
        assert await four.listed("objective=objective-4&state=published") == ["Gamma"]
        assert await four.listed("text=before") == []
        assert await four.listed("") == ["Gamma", "Beta", "Alpha", "Omega"]  # its place is that of its publication


async def test_support_that_is_withdrawn_is_found_no_more(four: Four) -> None:
    await hear(four.desk, four.ids["Gamma"], "withdrawn", 2)
    assert await four.listed("has_support_request=true") == []
    await fold(four.desk)
    assert (await four.counted("of=support"))["support"] == {}


async def test_a_projection_that_is_built_anew_leaves_no_support_behind(four: Four) -> None:
    async with four.desk.service.database.transaction() as session:
        await SUPPORT_OF_PLEDGES.clear(session)
    assert await four.listed("has_support_request=true") == []


async def test_a_merged_pledge_is_in_no_list(four: Four) -> None:
    [row] = await four.desk.service.rows(
        "select snapshot from public_pledge where pledge_id = :id", id=UUID(four.ids["Alpha"])
    )
    old = PledgeSnapshot.model_validate_json(row["snapshot"])
    merged = old.model_copy(update={"merged": True, "state": "closed", "closed_reason": "superseded"})
    async with four.desk.service.database.transaction() as session:
        await index.follow(session, old, merged)
    assert await four.listed("") == ["Gamma", "Beta", "Before"]
    assert (await four.counted("of=kind"))["kind"] == {"individual": 3}
    async with four.desk.service.database.transaction() as session:
        await index.follow(session, merged, old)  # the merge is undone
    assert await four.listed("kind=matching") == ["Alpha"]


async def test_an_entity_is_found_by_its_new_name(four: Four) -> None:
    kalmora = await made(four.desk.get("/entities/kalmora"))
    fields = {name: kalmora[name] for name in ("kind", "country", "groups", "fictional")}
    body = fields | {"names": {"en": "Old Harbour", "ru": "Страна мигрантов"}, "aliases": ["KLM"]}
    assert await four.listed("text=kalmora&state=closed") == ["Beta"]
    answer = await four.desk.put("/entities/kalmora", body, ADMIN, '"1"')
    assert answer.status_code == 200, answer.text
    assert await four.listed("group=african&as_of=2021-01-01") == []
    for word in ("harbour", "harbours", "klm", "мигранты", "closed"):
        assert await four.listed(f"text={word}&entity=kalmora") == (["Beta"] if word != "closed" else [])
    assert await four.listed("text=kalmora&entity=kalmora") == []


async def test_the_index_is_made_anew_when_its_rules_change(four: Four) -> None:
    async with four.desk.service.owner.transaction() as session:
        await session.execute(text("update search_document set rules = 0, codes = '{nonsense}'"))
        await session.execute(text("delete from search_change"))
        await session.execute(text("delete from search_bits"))
    assert await four.listed("") == []
    await index.index_all(four.desk.service.owner.url)
    assert await four.listed("") == ["Gamma", "Beta", "Alpha", "Before"]
    assert await four.listed("has_support_request=true") == ["Gamma"]
    assert await four.listed("text=véridie&kind=matching") == ["Alpha"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("objective=objective-99", "objective.0"),
        ("group=nowhere", "group.0"),
        ("round_table=5", "round_table.0"),
        ("state=draft", "state.0"),
        ("status=silent", "status.0"),
        ("silent_since=yesterday", "silent_since"),
        ("period_from=2024-02-30", "period_from"),
        ("text=" + "x" * 201, "text"),
        ("entity=" + "x" * 65, "entity.0"),
        ("&".join(["country=KEN"] * 51), "country"),
        ("has_support_request=perhaps", "has_support_request"),
        ("fields=title,secret", "fields"),
        ("limit=0", "limit"),
        ("cursor=made-up", "cursor"),
        ("offset=10", "offset"),
    ],
)
async def test_what_no_filter_is(desk: Desk, query: str, field: str) -> None:
    answer = await desk.get(f"/pledges?{query}")
    assert answer.status_code == 422
    assert faults(answer).keys() == {field}


async def test_only_known_facets_are_counted(desk: Desk) -> None:
    assert faults(await desk.get("/pledges/facets?of=entity")).keys() == {"of.0"}
