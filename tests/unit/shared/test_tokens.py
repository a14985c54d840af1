"""Tokens that must pass and tokens that must not (RFC 8725), each with the sentence that its sender gets."""

import base64
import hashlib
import hmac
import json
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.errors import Unauthenticated, Unavailable
from shared.web.auth import Actor, KeySet, Tokens

ISSUER = "https://id.example.org/realms/gcm"
URL = ISSUER + "/protocol/openid-connect/certs"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


class Provider:
    """An identity provider's key set, counted, rotated and switched off by the test."""

    def __init__(self, **keys: RSAPrivateKey) -> None:
        self.keys = keys
        self.fetches = 0
        self.down = False

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.fetches += 1
        if self.down:
            return httpx.Response(503)
        made = [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) for key in self.keys.values()]
        return httpx.Response(200, json={"keys": [{**m, "kid": k} for m, k in zip(made, self.keys, strict=True)]})

    def key_set(self, **limits: float) -> KeySet:
        return KeySet(URL, httpx.AsyncClient(transport=httpx.MockTransport(self)), **limits)

    def tokens(self, **limits: float) -> Tokens:
        return Tokens({ISSUER: self.key_set(**limits)}, "gcm-api")


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    plain = {"iss": ISSUER, "aud": "gcm-api", "sub": "amina", "typ": "Bearer", "iat": now, "exp": now + 300}
    return {name: value for name, value in {**plain, **changed}.items() if value is not None}


def sign(key: RSAPrivateKey, kid: str = "one", **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, "RS256", {"kid": kid})


def _b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(_: RSAPrivateKey) -> str:
    return f"{_b64({'alg': 'none', 'kid': 'one', 'typ': 'JWT'})}.{_b64(claims())}."


def signed_with_the_public_key_as_secret(key: RSAPrivateKey) -> str:
    body = f"{_b64({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{_b64(claims())}"
    secret = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def tampered(key: RSAPrivateKey) -> str:
    head, _, mac = sign(key).split(".")
    return f"{head}.{_b64(claims(realm_access={'roles': ['admin']}))}.{mac}"


FORGED: dict[str, tuple[Callable[[RSAPrivateKey], str], str]] = {
    "expired": (lambda k: sign(k, exp=int(time.time()) - 60), "expired"),
    "future": (lambda k: sign(k, nbf=int(time.time()) + 600), "not valid yet"),
    "issued in the future": (lambda k: sign(k, iat=int(time.time()) + 600), "not valid yet"),
    "alg none": (unsigned, "algorithm"),
    "HS256 with the public key": (signed_with_the_public_key_as_secret, "algorithm"),
    "tampered": (tampered, "signature"),
    "other key": (lambda _: sign(generate_private_key(65537, 2048)), "signature"),
    "unknown key": (lambda k: sign(k, kid="two"), "key"),
    "other issuer": (lambda k: sign(k, iss="https://evil.example"), "issuer"),
    "issuer of another type": (lambda k: jwt.encode({"iss": ISSUER}, k, "RS256"), "key"),
    "other audience": (lambda k: sign(k, aud="account"), "audience"),
    "no audience": (lambda k: sign(k, aud=None), "lacks"),
    "no expiry": (lambda k: sign(k, exp=None), "lacks"),
    "ID token": (lambda k: sign(k, typ="ID"), "access token"),
    "refresh token": (lambda k: sign(k, typ="Refresh"), "access token"),
    "no token at all": (lambda _: "…", "cannot be read"),
    "lone surrogate": (lambda _: "\ud800.e.e", "cannot be read"),
}


@pytest.mark.parametrize(("make", "says"), FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_is_refused_and_the_sender_told_why(
    key: RSAPrivateKey, make: Callable[[RSAPrivateKey], str], says: str
) -> None:
    with pytest.raises(Unauthenticated, match=says):
        await Provider(one=key).tokens().actor(make(key))


async def test_a_good_token_gives_the_person_and_only_roles_that_we_know(key: RSAPrivateKey) -> None:
    token = sign(key, realm_access={"roles": ["network_staff", "staff", "offline_access"]})
    assert await Provider(one=key).tokens().actor(token) == Actor("amina", frozenset({"network_staff"}), token)


@pytest.mark.parametrize(("later", "passes"), [(4, True), (7, False)])
async def test_a_token_is_never_remembered_past_its_expiry(key: RSAPrivateKey, later: float, *, passes: bool) -> None:
    provider, other = Provider(one=key), generate_private_key(65537, 2048)
    tokens = provider.tokens(pause=0, age=0)
    start = time.monotonic()
    token = sign(key, exp=math.ceil(time.time()) + 5)  # between 5 and 6 seconds from the start
    await tokens.actor(token)
    provider.keys = {"two": other}  # whoever checks again finds the key gone
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: start + later)
        if passes:
            await tokens.actor(token)
        else:
            with pytest.raises(Unauthenticated, match="key"):
                await tokens.actor(token)


async def test_keys_rotated_while_running_are_fetched_once_and_both_work(key: RSAPrivateKey) -> None:
    provider = Provider(one=key)
    tokens = provider.tokens(pause=0)
    await tokens.actor(sign(key))
    provider.keys["two"] = new = generate_private_key(65537, 2048)
    await tokens.actor(sign(new, kid="two"))
    await tokens.actor(sign(key, sub="kofi"))
    assert provider.fetches == 2


async def test_unknown_keys_do_not_flood_the_provider(key: RSAPrivateKey) -> None:
    provider = Provider(one=key)
    tokens = provider.tokens()
    await tokens.actor(sign(key))
    for number in range(50):
        with pytest.raises(Unauthenticated):
            await tokens.actor(sign(key, kid=f"random-{number}"))
    assert provider.fetches == 1


async def test_a_provider_that_is_down_is_a_503_at_first_and_no_matter_later(key: RSAPrivateKey) -> None:
    provider = Provider(one=key)
    provider.down = True
    with pytest.raises(Unavailable):
        await provider.tokens().actor(sign(key))
    provider.down = False
    tokens = provider.tokens(pause=0, age=0)
    await tokens.actor(sign(key))
    provider.down = True
    assert (await tokens.actor(sign(key, sub="kofi"))).person == "kofi"
