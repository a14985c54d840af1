"""Who calls: tokens of the identity provider, checked; and the rule that every route names. Deny by default."""

import asyncio
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import compile_path

from shared.errors import Forbidden, Unauthenticated, Unavailable

NETWORK_STAFF, REVIEWER, ADMIN, SERVICE = "network_staff", "reviewer", "admin", "service"
ROLES = frozenset({NETWORK_STAFF, REVIEWER, ADMIN, SERVICE})
LEEWAY = 10  # seconds between the clocks of ours and the provider's
REMEMBERED = 30.0  # seconds for which a checked token is not checked again
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Actor:
    """Who sent the request. `person` is the token's `sub`, of a person or of a machine."""

    person: str
    roles: frozenset[str] = frozenset()
    token: str = field(default="", repr=False)

    def is_any(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


class KeySet:
    """The provider's signing keys. One caller fetches, the others wait; an outage keeps the old keys in use.

    Fetched again for an unknown key id (at most every `pause` seconds) and at `age` seconds.
    """

    def __init__(self, url: str, http: httpx.AsyncClient, *, pause: float = 10, age: float = 600) -> None:
        self._url, self._http, self._pause, self._age = url, http, pause, age
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._next = self._stale = 0.0
        self._lock = asyncio.Lock()

    async def get(self, key_id: str | None) -> jwt.PyJWK:
        """Raises Unavailable before the first fetch succeeded, Unauthenticated for a key that the provider lacks."""
        if self._wanted(key_id):
            async with self._lock:
                if self._wanted(key_id):
                    await self._fetch()
        if not self._keys:
            raise Unavailable("The identity provider does not answer, so no token can be checked.")
        if key_id not in self._keys:
            raise Unauthenticated("The token is signed with a key that the identity provider does not know.")
        return self._keys[key_id]

    def _wanted(self, key_id: str | None) -> bool:
        now = time.monotonic()
        return now >= self._next and (key_id not in self._keys or now >= self._stale)

    async def _fetch(self) -> None:
        try:
            answer = await self._http.get(self._url, timeout=3)
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (httpx.HTTPError, jwt.PyJWTError, ValueError):
            self._next = time.monotonic() + 1
            return
        self._keys = {key.key_id: key for key in keys if key.public_key_use in {None, "sig"}}
        self._next, self._stale = time.monotonic() + self._pause, time.monotonic() + self._age


class Tokens:
    """Checks access tokens. Issuers are a map so that tests bring one of their own; the token's issuer only chooses."""

    def __init__(self, issuers: Mapping[str, KeySet], audience: str) -> None:
        self._issuers, self._audience = issuers, audience
        self._remembered: dict[bytes, tuple[float, Actor]] = {}

    async def actor(self, token: str) -> Actor:
        """Raises Unauthenticated, saying what is wrong with the token, or Unavailable."""
        mark = hashlib.sha256(token.encode("utf-8", "backslashreplace")).digest()
        until, actor = self._remembered.get(mark, (0.0, None))
        if actor is not None and time.monotonic() < until:
            return actor
        claims = await self._claims(token)
        actor = Actor(claims["sub"], frozenset(claims.get("realm_access", {}).get("roles", ())) & ROLES, token)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        left = float(claims["exp"]) - time.time()  # the provider's epoch seconds
        self._remembered[mark] = (time.monotonic() + min(REMEMBERED, left), actor)
        return actor

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _invalid(error) from None
        keys = self._issuers.get(issuer)
        if keys is None:
            raise Unauthenticated("The token comes from an issuer that is not ours.")
        claims = await checked(token, keys, issuer, self._audience)
        if claims.get("typ") != "Bearer":
            raise Unauthenticated("This is not an access token. Send the access token, not the ID or refresh token.")
        return claims


async def checked(token: str, keys: KeySet, issuer: str, audience: str) -> dict[str, Any]:
    """The claims of a token that the provider signed for this audience, of whichever `typ`.

    Raises Unauthenticated, saying what is wrong with it, or Unavailable.
    """
    try:
        key = await keys.get(jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise _invalid(error) from None
    return claims


def _invalid(error: Exception) -> Unauthenticated:
    return Unauthenticated(f"The token is not valid: {_reason(error)}. Get a new one.")


def _reason(error: Exception) -> str:
    return {
        "ExpiredSignatureError": "it has expired",
        "ImmatureSignatureError": "it is not valid yet",
        "InvalidAudienceError": "it was issued for another audience",
        "InvalidSignatureError": "its signature does not match",
        "InvalidAlgorithmError": "its algorithm is not accepted",
        "MissingRequiredClaimError": "it lacks a claim",
    }.get(type(error).__name__, "it cannot be read")


@dataclass(frozen=True)
class Rule:
    """Who may call a route at all. What they may do to a given thing, the use case decides.

    Use as a dependency: `actor: Annotated[Actor, Depends(SIGNED_IN)]`.
    """

    name: str
    says: str
    roles: frozenset[str] | None = None  # None: any signed-in caller
    anyone: bool = False

    async def __call__(self, request: Request) -> Actor | None:
        if self.anyone:
            return None
        actor = await _caller(request)
        if self.roles is not None and not actor.is_any(*self.roles):
            raise Forbidden(f"This is for {self.says}.")
        return actor


async def _caller(request: Request) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send an access token: Authorization: Bearer …")
    tokens: Tokens = request.app.state.tokens
    return await tokens.actor(token.strip())


ANYONE = Rule("anyone", "anyone", anyone=True)
SIGNED_IN = Rule("signed_in", "signed-in people and machines")
STAFF = Rule("staff", "Network staff and administrators", frozenset({NETWORK_STAFF, ADMIN}))
STAFF_OR_REVIEWER = Rule(
    "staff_or_reviewer", "Network staff, reviewers and administrators", frozenset({NETWORK_STAFF, REVIEWER, ADMIN})
)
ADMINS = Rule("admins", "administrators", frozenset({ADMIN}))
# the token in the body is the proof: whose it is, and whether it still holds, the use case asks
LINK_HOLDER = Rule("link_holder", "whoever holds an action link", anyone=True)
# likewise, by a secret of its own: gateways know nothing of our identity provider
MAIL_GATEWAY = Rule("mail_gateway", "our mail gateway", anyone=True)
SERVICES = Rule("services", "our own services", frozenset({SERVICE}))


@dataclass(frozen=True)
class Guarded:
    """One route of an application and the one rule that it names; None when it names none, or several."""

    methods: frozenset[str]
    path: str
    rule: Rule | None


def guarded(app: FastAPI) -> Iterator[Guarded]:
    """All routes, but FastAPI's own pages about them."""
    own = {app.openapi_url, app.docs_url, app.swagger_ui_oauth2_redirect_url}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            if getattr(route, "path", "") not in own:
                yield Guarded(frozenset(), str(route), None)
            continue
        rules = [made.call for made in context.dependant.dependencies if isinstance(made.call, Rule)]
        path = compile_path(str(context.path))[1]  # as contracts have it: "{id}", also for what may hold a slash
        yield Guarded(frozenset(context.methods or ()), path, rules[0] if len(rules) == 1 else None)


def require_rules(app: FastAPI) -> None:
    """An app with a route that names no rule does not start."""
    bare = [f"{sorted(route.methods)} {route.path}" for route in guarded(app) if route.rule is None]
    if bare:
        raise RuntimeError("routes without exactly one rule: " + ", ".join(bare))
