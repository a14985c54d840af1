"""Access tokens as the identity provider makes them, signed with a key of this test run: no Keycloak is needed."""

import json
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from shared.web.auth import KeySet, Tokens

ISSUER = "urn:gcm:tests"
AUDIENCE = "gcm-api"
KEY_ID = "tests"
LIFE = 7200  # seconds: longer than a run, whose tests may hold tokens from its beginning


@cache
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def claims(person: str, roles: Iterable[str] = (), **changed: Any) -> dict[str, Any]:
    """Those of the realm's access tokens. A claim changed to None is left out."""
    now = int(time.time())
    plain: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "sub": person, "typ": "Bearer", "azp": "gcm-demo"}
    plain |= {"iat": now, "exp": now + LIFE, "realm_access": {"roles": sorted(roles)} if roles else None}
    return {name: value for name, value in {**plain, **changed}.items() if value is not None}


def token(person: str, roles: Iterable[str] = (), **changed: Any) -> str:
    """`person` is the `sub`; roles as in shared.web.auth: network_staff, reviewer, admin, service."""
    return jwt.encode(claims(person, tuple(roles), **changed), key(), "RS256", {"kid": KEY_ID})


@cache
def _remembered(person: str, roles: tuple[str, ...], _until: int) -> str:
    return token(person, roles)


def bearer(person: str, *roles: str) -> dict[str, str]:
    """The header of somebody signed in. A signature takes a millisecond, so tokens serve for a minute."""
    return {"Authorization": f"Bearer {_remembered(person, roles, int(time.time() // 60))}"}


def key_set(_: httpx.Request) -> httpx.Response:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key().public_key()))
    return httpx.Response(200, json={"keys": [{**public, "kid": KEY_ID, "use": "sig"}]})


def tokens() -> Tokens:
    """What an application under test checks tokens with. The issuer has no setting, so production cannot have it."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(key_set))
    return Tokens({ISSUER: KeySet("https://tests.invalid/certs", http)}, AUDIENCE)
