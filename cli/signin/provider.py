"""The identity provider: device flow (RFC 8628) with PKCE (RFC 7636), refresh and revocation (RFC 7009)."""

import asyncio
import base64
import hashlib
import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from cli.problems import Away, NotSignedIn
from shared.clock import Clock
from shared.refusal import Refused

CLIENT = "gcm-cli"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER = 5.0  # seconds more between two questions when the provider says slow_down
WAIT_IN_DOUBT = 5.0  # seconds between two questions when it says nothing

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Tokens:
    """`good_until` is system time, in seconds since 1970."""

    access_token: str
    refresh_token: str
    good_until: float


@dataclass(frozen=True)
class Invitation:
    """What the person is to open, and the code that must be the same there."""

    address: str
    code: str
    device_code: str
    verifier: str
    interval: float
    expires_in: float


class Provider:
    """One issuer. Raises Away when it does not answer, NotSignedIn when a login is over, Refused otherwise."""

    def __init__(self, issuer: str, http: httpx.AsyncClient) -> None:
        require_safe(issuer)
        self._issuer = issuer
        self._http = http
        self._known: dict[str, Any] = {}

    async def invite(self) -> Invitation:
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        said = await self._post(
            "device_authorization_endpoint", scope="openid", code_challenge=challenge, code_challenge_method="S256"
        )
        if "error" in said:
            raise Refused(f"{self._issuer} does not let the command line sign in: {_why(said)}.")
        return Invitation(
            address=said.get("verification_uri_complete") or said["verification_uri"],
            code=said["user_code"],
            device_code=said["device_code"],
            verifier=verifier,
            interval=float(said.get("interval", WAIT_IN_DOUBT)),
            expires_in=float(said["expires_in"]),
        )

    async def accepted(self, invitation: Invitation, pause: Pause = asyncio.sleep) -> Tokens:
        """Asks until the person has signed in. Raises Refused when they declined or took too long."""
        interval = invitation.interval
        while True:
            await pause(interval)
            said = await self._post(
                "token_endpoint",
                grant_type=GRANT,
                device_code=invitation.device_code,
                code_verifier=invitation.verifier,
            )
            match said.get("error"):
                case None:
                    return _tokens(said)
                case "authorization_pending":
                    continue
                case "slow_down":
                    interval += SLOWER
                case "access_denied":
                    raise Refused("The sign-in was declined.")
                case "expired_token":
                    raise Refused("The code has expired: `gcm login` gives a new one.")
                case _:
                    raise Refused(f"The sign-in failed: {_why(said)}.")

    async def refreshed(self, refresh_token: str) -> Tokens:
        said = await self._post("token_endpoint", grant_type="refresh_token", refresh_token=refresh_token)
        if "error" in said:
            raise NotSignedIn("Your login has expired: sign in again with `gcm login`.")
        return _tokens(said)

    async def revoke(self, refresh_token: str) -> None:
        await self._post("revocation_endpoint", token=refresh_token)

    async def _post(self, endpoint: str, **form: str) -> dict[str, Any]:
        address = (await self._discovered())[endpoint]
        return await self._answer(self._http.post(address, data={"client_id": CLIENT, **form}))

    async def _discovered(self) -> dict[str, Any]:
        if not self._known:
            said = await self._answer(self._http.get(f"{self._issuer}/.well-known/openid-configuration"))
            if said.get("issuer") != self._issuer:
                raise Refused(f"{self._issuer} is no address of a sign-in: nothing there calls itself so.")
            self._known = said
        return self._known

    async def _answer(self, asking: Awaitable[httpx.Response]) -> dict[str, Any]:
        try:
            answer = await asking
            said = answer.json() if answer.content else {}
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise Away(f"{self._issuer} does not answer ({str(error) or type(error).__name__}).") from error
        except ValueError as error:
            raise Away(f"{self._issuer} answers something that is no sign-in ({answer.status_code}).") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or not isinstance(said, dict):
            raise Away(f"{self._issuer} answers {answer.status_code}: try again later.")
        return said


def require_safe(address: str) -> None:
    """Raises Refused where a token would travel unencrypted to another machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and _own_machine(parts.hostname or "")):
        raise Refused(f"{address} is no address that a token may be sent to: it has to begin with https://.")


def _own_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tokens(said: dict[str, Any]) -> Tokens:
    until = Clock().system().timestamp() + float(said.get("expires_in", 60))
    return Tokens(said["access_token"], said["refresh_token"], until)


def _why(said: dict[str, Any]) -> str:
    return str(said.get("error_description") or said["error"])
