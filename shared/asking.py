"""One service of ours asks another: over HTTP, as itself, and with a token of its own."""

import asyncio
import time
from typing import Any, Self

import httpx
import structlog

from shared.errors import Unavailable
from shared.settings import ServiceSettings

log = structlog.get_logger()

EARLY = 30.0  # seconds before its end at which a token is no longer used


class ServiceToken:
    """Our own access token by client credentials (RFC 6749, 4.4). One caller fetches, the others wait."""

    def __init__(self, http: httpx.AsyncClient, url: str, client_id: str, secret: str) -> None:
        self._http, self._url, self._credentials = http, url, (client_id, secret)
        self._token, self._good_until = "", 0.0
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, settings: ServiceSettings, http: httpx.AsyncClient) -> Self:
        """From the provider as processes reach it: its tokens are beside its keys."""
        url = f"{settings.jwks_url.rpartition('/')[0]}/token"
        return cls(http, url, settings.service_client_id, settings.service_client_secret)

    async def get(self) -> str:
        """Raises Unavailable when the identity provider gives none."""
        async with self._lock:
            if time.monotonic() >= self._good_until:
                await self._fetch()
            return self._token

    def forget(self, token: str) -> None:
        """After a 401; a token that was fetched meanwhile stays."""
        if token == self._token:
            self._good_until = 0.0

    async def _fetch(self) -> None:
        asked = time.monotonic()
        try:
            answer = await self._http.post(
                self._url, data={"grant_type": "client_credentials"}, auth=self._credentials, timeout=5
            )
            answer.raise_for_status()
            granted = answer.json()
            self._token = str(granted["access_token"])
            self._good_until = asked + float(granted.get("expires_in", 60)) - EARLY
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"The identity provider gives no token: {type(error).__name__}.") from None


class Asking:
    """Client of one other service, `name` in what is said of it."""

    def __init__(self, name: str, url: str, http: httpx.AsyncClient, token: ServiceToken) -> None:
        self._name, self._url, self._http, self._token = name, url.rstrip("/"), http, token

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Its answer, from JSON. Raises Unavailable for anything but 200; nothing that it said is logged or raised."""
        token = await self._token.get()
        answer = await self._send(path, body, token)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token.forget(token)
            answer = await self._send(path, body, await self._token.get())
        if answer.status_code != httpx.codes.OK:
            log.warning("asking.refused", service=self._name, path=path, status=answer.status_code)
            raise Unavailable(f"The {self._name} service answers {answer.status_code} to {path}.")
        try:
            return answer.json()
        except ValueError:
            raise Unavailable(f"The {self._name} service answers {path} with something that is no JSON.") from None

    async def _send(self, path: str, body: dict[str, Any], token: str) -> httpx.Response:
        try:
            return await self._http.post(self._url + path, json=body, headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as error:
            raise Unavailable(f"The {self._name} service does not answer: {type(error).__name__}.") from None
