"""A person is erased through the running stack: the other services hear of it by Kafka, and say that it is done."""

from uuid import uuid4

import pytest

from tests.support.stack import Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first


def test_an_erasure_reaches_all_services_and_is_seen_to(stack: Stack) -> None:
    ada, person = stack.person("ada"), str(uuid4())
    address = f"{person}@demo.invalid"
    contact = {"person_id": person, "name": "Gone Demo", "address": address, "language": "en", "time_zone": "UTC"}
    given = {"person_id": person, "role": "viewer"}
    for path, body in (("/people", contact), ("/entities/veridia/memberships", given)):
        assert ada.post("pledges", path, body).status_code == 201
    begun = ada.delete("pledges", f"/people/{person}")
    assert begun.status_code == 202, begun.text
    status = f"/people/{person}/erasure"
    done = eventually(lambda: (got := ada.get("pledges", status).json())["complete"] and got)
    assert {one["service"] for one in done["services"] if one["at"]} == {"pledges", "network_support", "notifications"}
    assert ada.get("pledges", f"/people/{person}").status_code == 404
    members = ada.get("pledges", "/entities/veridia/memberships", ended=True).json()["items"]
    assert person not in {member["person_id"] for member in members}
    assert not [record for record in stack.records() if address.encode() in record]
