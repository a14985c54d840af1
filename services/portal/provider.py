"""The identity provider (Keycloak): authorization code flow with PKCE, refresh, and the end of a session.

OpenID Connect Core 1.0, RFC 7636 (PKCE), RFC 9207 (`iss` in the answer), RP-Initiated and Back-Channel Logout 1.0.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.portal.settings import Settings
from shared.clock import Clock
from shared.errors import Unauthenticated, Unavailable
from shared.web.auth import ROLES, KeySet, checked

LONGEST_NAME = 100  # characters: it travels in a cookie, which has to stay below 4 KB
BACKCHANNEL_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class Attempt(BaseModel):
    """A sign-in that has begun: what its answer must match, and where the person wanted to go."""

    model_config = ConfigDict(frozen=True)

    state: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = Field(default_factory=lambda: secrets.token_urlsafe(48))
    next: str = "/"

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")


class Session(BaseModel):
    """Who is signed in. Times are seconds since 1970 (system time); `sid` is the provider's session."""

    model_config = ConfigDict(frozen=True)

    sid: str
    person: str
    name: str
    roles: tuple[str, ...]
    access: str = Field(repr=False)
    access_until: float
    refresh: str = Field(repr=False)
    until: float

    def is_any(self, *roles: str) -> bool:
        return not set(roles).isdisjoint(self.roles)


class _Tokens(BaseModel):
    access_token: str
    expires_in: float
    refresh_token: str
    refresh_expires_in: float
    id_token: str = ""


@dataclass(frozen=True)
class Entered:
    """A sign-in that came to its end. The ID token is what the provider wants to see at sign-out."""

    session: Session
    id_token: str


class Provider:
    """Its endpoints stand side by side: for browsers below the issuer, for us beside its key set."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient, clock: Clock) -> None:
        self._settings, self._http, self._clock = settings, http, clock
        self._keys = KeySet(settings.jwks_url, http)
        self._inside = settings.jwks_url.rpartition("/")[0]
        self._outside = f"{settings.oidc_issuer}/protocol/openid-connect"
        self._callback = f"{settings.portal_url}/auth/callback"

    def sign_in_url(self, attempt: Attempt, language: str) -> str:
        asked = {
            "client_id": self._settings.portal_client_id,
            "response_type": "code",
            "redirect_uri": self._callback,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return f"{self._outside}/auth?{urlencode(asked)}"

    def sign_out_url(self, id_token: str | None) -> str:
        """Without an ID token the provider asks whether to sign out."""
        said = {"post_logout_redirect_uri": f"{self._settings.portal_url}/"}
        said["client_id"] = self._settings.portal_client_id
        if id_token:
            said["id_token_hint"] = id_token
        return f"{self._outside}/logout?{urlencode(said)}"

    async def enter(self, attempt: Attempt, code: str) -> Entered:
        """Raises Unauthenticated when the answer is not that of this attempt, or Unavailable."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._callback}
        tokens = await self._tokens(form | {"code_verifier": attempt.verifier})
        claims = await self._checked(tokens.id_token)
        if claims.get("typ") != "ID" or claims.get("nonce") != attempt.nonce:
            raise Unauthenticated("The identity provider's answer belongs to another sign-in.")
        if not claims.get("sid"):
            raise Unauthenticated("The identity provider names no session, so nobody could end it.")
        about = {"sid": claims["sid"], "person": claims["sub"], "name": str(claims.get("name", ""))[:LONGEST_NAME]}
        return Entered(Session(**about, **self._lasting(tokens)), tokens.id_token)

    async def refresh(self, session: Session) -> Session:
        """With new tokens; the old refresh token is used up. Raises Unauthenticated when the session has ended."""
        tokens = await self._tokens({"grant_type": "refresh_token", "refresh_token": session.refresh})
        return session.model_copy(update=self._lasting(tokens))

    async def ended(self, logout_token: str) -> str:
        """The `sid` that a back-channel logout ends. Raises Unauthenticated for any other token."""
        claims = await self._checked(logout_token)
        events = claims.get("events")
        if not isinstance(events, dict) or BACKCHANNEL_LOGOUT not in events or "nonce" in claims:
            raise Unauthenticated("This is no logout token.")
        if not (sid := claims.get("sid")):
            raise Unauthenticated("The logout token names no session.")
        return str(sid)

    async def _checked(self, token: str) -> dict[str, Any]:
        return await checked(token, self._keys, self._settings.oidc_issuer, self._settings.portal_client_id)

    def _lasting(self, tokens: _Tokens) -> dict[str, Any]:
        """The part of a session that each refresh renews. The services check the access token, so we need not."""
        now = self._clock.system().timestamp()
        claims = jwt.decode(tokens.access_token, options={"verify_signature": False})
        roles = sorted(set(claims.get("realm_access", {}).get("roles", ())) & ROLES)
        return {
            "roles": tuple(roles),
            "access": tokens.access_token,
            "access_until": now + tokens.expires_in,
            "refresh": tokens.refresh_token,
            "until": now + tokens.refresh_expires_in,
        }

    async def _tokens(self, form: dict[str, str]) -> _Tokens:
        credentials = (self._settings.portal_client_id, self._settings.portal_client_secret)
        try:
            answer = await self._http.post(f"{self._inside}/token", data=form, auth=credentials)
            if answer.is_server_error:
                answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable("The identity provider does not answer. Try again in a moment.") from error
        if answer.is_client_error:
            raise Unauthenticated("The identity provider gives no token for this: sign in again.")
        try:
            return _Tokens.model_validate_json(answer.content)
        except ValidationError as error:
            raise Unavailable("The identity provider's answer cannot be read.") from error
