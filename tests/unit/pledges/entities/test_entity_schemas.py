"""What is accepted of an entity and of a membership, and what is refused with which field."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.pledges.entities.schemas import EntityFields, NewEntity, NewMembership
from tests.support.entities import VERIDIA


def fields_at_fault(model: type, **values: Any) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        model(**values)
    return {".".join(str(part) for part in error["loc"]) for error in caught.value.errors()}


@pytest.mark.parametrize(
    ("entity_id", "kind", "fictional"),
    [
        ("DEU", "member_state", False),
        ("VAT", "observer_state", False),
        ("veridia", "member_state", True),
        ("city-of-milan", "local_government", False),
        ("european-union", "regional_organization", False),
    ],
)
def test_codes_fit_their_kinds(entity_id: str, kind: str, fictional: bool) -> None:
    NewEntity(entity_id=entity_id, kind=kind, fictional=fictional, names={"en": "A"})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"entity_id": "DEU"}, "entity_id"),  # a fictional State with a real one's code
        ({"fictional": False}, "entity_id"),
        ({"entity_id": "Veridia"}, "entity_id"),
        ({"entity_id": "veridia-"}, "entity_id"),
        ({"entity_id": "v" * 65}, "entity_id"),
        ({"entity_id": "veridia\n"}, "entity_id"),
        ({"kind": "kingdom"}, "kind"),
        ({"names": {}}, "names"),
        ({"names": {"de": "Veridien"}}, "names.de.[key]"),
        ({"names": {"en": "  "}}, "names.en"),
        ({"names": {"en": "Veridia\r\nBcc: all@example.org"}}, "names.en"),
        ({"names": {"en": "a" * 501}}, "names.en"),
        ({"aliases": ["NUL \x00"]}, "aliases.0"),
        ({"aliases": ["half \ud800"]}, "aliases.0"),
        ({"aliases": ["a"] * 51}, "aliases"),
        ({"country": "Kenya"}, "country"),
        ({"groups": [{"code": "atlantis"}]}, "groups.0.code"),
        ({"groups": [{"code": "african", "since": "2022-01-01", "until": "2021-01-01"}]}, "groups.0"),
        ({"groups": [{"code": "african"}, {"code": "african"}]}, "groups"),
        ({"groups": [{"code": "african", "since": "2022-02-30"}]}, "groups.0.since"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_what_does_not_fit_is_named(changed: dict[str, Any], field: str) -> None:
    assert fields_at_fault(NewEntity, **VERIDIA | changed) == {field}


def test_a_group_may_be_left_and_joined_again() -> None:
    twice = [{"code": "ldc", "since": "2000-01-01", "until": "2010-01-01"}, {"code": "ldc", "since": "2020-01-01"}]
    assert len(EntityFields(kind="member_state", names={"en": "A"}, groups=twice).groups) == 2


def test_a_membership_does_not_end_before_it_begins() -> None:
    times = {"since": "2024-09-02T09:00:00Z", "until": "2024-09-02T09:00:00+01:00"}
    assert fields_at_fault(NewMembership, person_id="amina", role="viewer", **times) == {"until"}


def test_times_without_a_zone_are_refused() -> None:
    found = fields_at_fault(NewMembership, person_id="amina", role="viewer", since="2024-09-02T09:00:00")
    assert found == {"since"}
