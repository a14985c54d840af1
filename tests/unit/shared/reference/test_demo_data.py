"""The demo's data files use the codes of the reference data, and link to nothing that is not public."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import deploy.local
from shared.events.pledges import Target
from shared.reference import catalogue
from shared.reference.dates import PartialDate

DEMO = Path(deploy.local.__file__).parent / "demo"
PLEDGES: list[dict[str, Any]] = json.loads((DEMO / "real_pledges.json").read_bytes())
ENTITIES: dict[str, dict[str, Any]] = {
    entity["entity_id"]: entity for entity in json.loads((DEMO / "entities.json").read_bytes())
}
every_pledge = pytest.mark.parametrize("pledge", PLEDGES, ids=[pledge["ref"] for pledge in PLEDGES])


def test_there_are_38_pledges_each_once() -> None:
    assert len({pledge["ref"] for pledge in PLEDGES}) == len(PLEDGES) == 38


@every_pledge
def test_a_pledge_has_only_known_codes(pledge: dict[str, Any]) -> None:
    for lookup, field in (
        (catalogue.objective, "objectives"),
        (catalogue.principle, "principles"),
        (catalogue.form, "forms"),
    ):
        assert [lookup(code).code for code in pledge[field]] or field == "principles"
        assert len(set(pledge[field])) == len(pledge[field])
    assert catalogue.pledge_kind(pledge["kind"])
    assert pledge["context"] is None or catalogue.cycle(pledge["context"])
    assert pledge["language"] in {"en", "fr"}
    assert pledge["title"]
    assert pledge["summary"]


@every_pledge
def test_dates_have_the_parts_that_are_known(pledge: dict[str, Any]) -> None:
    start, end = (PartialDate(text) if text else None for text in pledge["period"].values())
    assert not (start and end and end.ends_before(start))
    for text in (pledge["submitted"], *(note["date"] for note in pledge["progress_notes"])):
        assert text is None or PartialDate(text)


@every_pledge
def test_targets_fit_the_contract(pledge: dict[str, Any]) -> None:
    for target in pledge["targets"]:
        assert target["recurrence"] in {None, "annual"}
        found = Target.model_validate({key: value for key, value in target.items() if key != "recurrence"})
        assert found.value is not None or found.value_text


@every_pledge
def test_the_entity_is_a_state_or_listed_as_the_pledge_says(pledge: dict[str, Any]) -> None:
    entity = pledge["entity"]
    if entity is None:
        assert pledge["ref"] == "RP-055"
    elif entity["kind"] == "member_state":
        state = catalogue.state(entity["entity_id"])
        assert (entity["iso3"], entity["name"]) == (state.code, state.label("en"))
    else:
        listed = ENTITIES[entity["entity_id"]]
        assert [entity[key] for key in ("name", "kind", "iso3")] == [listed[key] for key in ("name", "kind", "country")]
        assert not listed["fictional"]


@every_pledge
def test_no_address_leads_to_a_form_with_contacts(pledge: dict[str, Any]) -> None:
    text = json.dumps(pledge)
    assert "webform" not in text
    assert "submission/" not in text
    assert "sid " not in text
    assert "@" not in text
    assert pledge["sources"]
    assert all(source["title"] for source in pledge["sources"])
    assert all((source["url"] or "https://").startswith(("http://", "https://")) for source in pledge["sources"])


def test_entities_are_those_that_pledge_and_four_that_do_not_exist() -> None:
    pledging = {pledge["entity"]["entity_id"] for pledge in PLEDGES if pledge["entity"]}
    fictional = {code for code, entity in ENTITIES.items() if entity["fictional"]}
    assert fictional == {"veridia", "kalmora", "port-azure", "harbour-friends"}
    assert set(ENTITIES) == fictional | (pledging - set(catalogue.STATES))


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_an_entity_has_a_kind_and_a_country_that_exist(entity: dict[str, Any]) -> None:
    assert catalogue.entity_kind(entity["kind"])
    assert entity["country"] is None or catalogue.state(entity["country"])
    assert entity["located_in"] is None or ENTITIES[entity["located_in"]]["fictional"]
    assert entity["fictional"] or entity["kind"] != "member_state"


def test_no_name_stands_for_two_entities() -> None:
    names = Counter(name for entity in ENTITIES.values() for name in {entity["name"], *entity["aliases"]})
    assert [name for name, count in names.items() if count > 1] == []


def test_the_odd_ones_keep_their_shape() -> None:
    by_ref = {pledge["ref"]: pledge for pledge in PLEDGES}
    assert by_ref["RP-022"]["entity"] == by_ref["RP-052"]["entity"]
    assert by_ref["RP-018"]["entity"]["kind"] == "academia"
    assert (by_ref["RP-026"]["entity"]["entity_id"], by_ref["RP-026"]["partners"]) == ("DEU", ["Morocco"])
    assert [by_ref[ref]["entity"]["entity_id"] for ref in ("RP-007", "RP-014", "RP-015")] == ["PRT"] * 3
