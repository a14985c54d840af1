"""Tokens of the real Keycloak at the running services: other kinds of token, rotated keys, ended memberships."""

import os
import signal
from typing import Any

import httpx
import pytest

from tests.support.stack import Person, Stack, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first

SERVICES = {"pledges": "/me", "network_support": "/me/requests", "notifications": "/reminders"}


def grant(stack: Stack, realm: str = "gcm", **form: str) -> dict[str, Any]:
    """What Keycloak's token endpoint answers."""
    url = f"{stack.addresses['keycloak']}/realms/{realm}/protocol/openid-connect/token"
    answer: dict[str, Any] = stack.http.post(url, data=form).raise_for_status().json()
    return answer


def statuses(stack: Stack, token: str) -> set[int]:
    person = Person("whoever", token, stack.addresses, stack.http)
    return {person.get(service, path).status_code for service, path in SERVICES.items()}


def test_only_access_tokens_open_doors(stack: Stack) -> None:
    password = stack.says()["persona_password"]
    tokens = grant(
        stack, grant_type="password", client_id="gcm-demo", username="noor", password=password, scope="openid"
    )
    assert statuses(stack, tokens["access_token"]) == {200}
    assert statuses(stack, tokens["id_token"]) == {401}
    assert statuses(stack, tokens["refresh_token"]) == {401}


def test_a_machine_of_ours_may_ask_for_contacts_and_nobody_else(stack: Stack, amina: Person, noor: Person) -> None:
    secret = stack.secrets()["service client"]
    machine = grant(stack, grant_type="client_credentials", client_id="gcm-service", client_secret=secret)
    asked = {"entity_ids": ["veridia"], "roles": ["focal_point"]}
    answers = [
        Person("", token, stack.addresses, stack.http).post("pledges", "/contacts/search", asked).status_code
        for token in (machine["access_token"], amina.token, noor.token, "")
    ]
    assert answers == [200, 403, 403, 401]


def test_keys_may_be_rotated_while_all_runs(stack: Stack) -> None:
    old = stack.person("noor")
    assert statuses(stack, old.token) == {200}
    password = stack.secrets()["keycloak admin"]
    admin = grant(stack, "master", grant_type="password", client_id="admin-cli", username="admin", password=password)
    key = {
        "name": "rotated",
        "providerId": "rsa-generated",
        "providerType": "org.keycloak.keys.KeyProvider",
        "config": {"priority": ["200"]},
    }
    url = f"{stack.addresses['keycloak']}/admin/realms/gcm/components"
    headers = {"Authorization": f"Bearer {admin['access_token']}"}
    stack.http.post(url, json=key, headers=headers).raise_for_status()
    new = stack.person("noor")
    assert new.token.partition(".")[0] != old.token.partition(".")[0]  # another key id in the header
    # unknown keys are asked for at most every ten seconds
    eventually(lambda: statuses(stack, new.token) == {200}, within=20)
    assert statuses(stack, old.token) == {200}


def _end_membership(ada: Person) -> None:
    members = ada.get("pledges", "/entities/harbour-friends/memberships").raise_for_status().json()["items"]
    path = f"/entities/harbour-friends/memberships/{members[0]['membership_id']}/end"
    assert ada.post("pledges", path).status_code < httpx.codes.BAD_REQUEST


def test_a_membership_that_ended_is_refused_within_a_minute_also_while_kafka_stands_still(stack: Stack) -> None:
    hana = stack.person("hana")
    wish = stack.example("network_support", "post", "/requests") | {"entity_id": "harbour-friends"}
    assert hana.post("network_support", "/requests", wish).status_code == 201  # now its answer is remembered
    broker = stack.process_of("kafka")
    assert broker is not None
    os.kill(broker["pid"], signal.SIGSTOP)
    try:
        _end_membership(stack.person("ada"))
        draft = {"entity_id": "harbour-friends", "title": "Too late"}
        assert hana.post("pledges", "/pledges", draft).status_code == 403
        eventually(lambda: hana.post("network_support", "/requests", wish).status_code == 403, within=60)
    finally:
        os.kill(broker["pid"], signal.SIGCONT)
