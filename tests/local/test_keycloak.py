"""The realm that is shipped, in a real Keycloak."""

import asyncio
from dataclasses import replace

import jwt
import pytest

from shared.refusal import Refused
from tests.support.keycloak import REALM_VALUES, Keycloak, LocalKeycloak
from tests.support.parts import Postgres


def _claims(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_a_persona_gets_a_token_with_its_role_and_nothing_personal(keycloak: Keycloak) -> None:
    claims = _claims(await asyncio.to_thread(keycloak.token, "noor"))
    assert claims["sub"] == "6b1f0a3e-0002-4000-8000-000000000002"
    assert claims["aud"] == "gcm-api"
    assert claims["iss"] == keycloak.issuer
    assert "network_staff" in claims["realm_access"]["roles"]  # type: ignore[index]
    assert not {"name", "email", "preferred_username"} & set(claims)


async def test_an_unknown_persona_is_refused_in_a_sentence(keycloak: Keycloak) -> None:
    with pytest.raises(Refused, match="no token for nobody"):
        await asyncio.to_thread(keycloak.token, "nobody")


def test_a_start_without_a_secret_is_refused_by_name(keycloak: Keycloak) -> None:
    if not isinstance(keycloak, LocalKeycloak):
        pytest.skip("a container's start is not ours to refuse")
    given = {**REALM_VALUES, "GCM_SERVICE_CLIENT_SECRET": ""}
    with pytest.raises(Refused, match=r"gcm-realm\.json needs GCM_SERVICE_CLIENT_SECRET"):
        replace(keycloak, environment=given).start()


async def test_a_restart_of_its_database_refuses_nobody(keycloak: Keycloak, postgres: Postgres) -> None:
    if not isinstance(keycloak, LocalKeycloak):
        pytest.skip("a container has tables of its own")
    together = ["amina", "noor", "kofi", "rosa"]  # so that several connections are open
    await asyncio.gather(*(asyncio.to_thread(keycloak.token, name) for name in together))
    await asyncio.to_thread(postgres.kill)
    await asyncio.to_thread(postgres.start)
    for name in together:
        await asyncio.to_thread(keycloak.token, name)
