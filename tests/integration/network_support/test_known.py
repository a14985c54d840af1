"""What triage and matching need to know of a pledge and its entity: learned from topics, and again after a rebuild."""

from datetime import date
from uuid import UUID

from uuid_utils.compat import uuid7

from services.network_support.handlers import SUBSCRIPTIONS
from services.network_support.requests import known_entities
from shared.events.entities import EntityEvent, Group
from shared.events.envelope import Event
from shared.events.examples import EXAMPLES
from shared.messaging.subscriptions import Projection
from tests.integration.network_support.support import Support

CHANGED = "entity.changed.v1"


def entities() -> Projection:
    found = next(one for one in SUBSCRIPTIONS if one.name == "known_entities")
    assert isinstance(found, Projection)
    return found


async def hears(support: Support, *, sequence: int, country: str) -> None:
    example = EXAMPLES[CHANGED]
    assert isinstance(example, EntityEvent)
    groups = [Group(code="region_africa"), Group(code="ldc", since=date(2023, 1, 1))]
    changed = {"entity_id": "veridia", "sequence": sequence, "country": country, "groups": groups}
    data = example.model_copy(update={"entity": example.entity.model_copy(update=changed)})
    event = Event(uuid7(), CHANGED, "pledges", "veridia", support.moment.system, data)
    async with support.service.database.transaction() as session:
        await entities().handlers[CHANGED](session, event, support.moment)


async def country(support: Support) -> str | None:
    async with support.service.database.transaction() as session:
        found = await known_entities.find(session, "veridia")
    return found.country if found else None


async def test_of_a_pledge_its_objectives_forms_and_language(support: Support, pledge: UUID) -> None:
    await support.hears(pledge, objectives=["objective-4"], main_objectives=["objective-4"], language="fr")
    [known] = await support.service.rows("select objectives, main_objectives, forms, language from known_pledge")
    assert (known["objectives"], known["main_objectives"], known["language"]) == (
        ["objective-4"],
        ["objective-4"],
        "fr",
    )
    assert known["forms"]
    await support.clears()
    assert await support.service.rows("select * from known_pledge") == []
    await support.hears(pledge, objectives=["objective-4"], language="fr")
    [again] = await support.service.rows("select objectives, language from known_pledge")
    assert again == {"objectives": ["objective-4"], "language": "fr"}


async def test_of_an_entity_its_country_groups_and_names_and_only_what_is_newer(support: Support) -> None:
    await hears(support, sequence=2, country="KEN")
    await hears(support, sequence=1, country="TCD")
    async with support.service.database.transaction() as session:
        known = await known_entities.find(session, "veridia")
    assert known is not None
    assert (known.country, known.kind, known.names["en"]) == ("KEN", "member_state", "Veridia")
    assert [group["code"] for group in known.groups] == ["region_africa", "ldc"]
    assert known.groups[1]["since"] == "2023-01-01"


async def test_it_is_forgotten_cleared_and_learned_again(support: Support) -> None:
    await hears(support, sequence=2, country="KEN")
    async with support.service.database.transaction() as session:
        await entities().forget(session, "veridia")
    assert await country(support) is None
    await hears(support, sequence=2, country="KEN")
    async with support.service.database.transaction() as session:
        await entities().clear(session)
    assert await country(support) is None
    await hears(support, sequence=1, country="TCD")
    assert await country(support) == "TCD"
