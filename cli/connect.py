"""Which services a command speaks to, and as whom."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.problems import NotSignedIn
from cli.services import Service
from deploy import stack_file
from shared.refusal import Refused

if TYPE_CHECKING:
    import httpx

    from cli.signin.logins import Login
    from shared.client import Client

FRESH = 30.0  # seconds that a token must still be good for

As = Annotated[str | None, typer.Option("--as", metavar="PERSONA", help="Act as a persona of the local stack.")]


@dataclass(frozen=True)
class Where:
    """`addresses` are by service; `issuer` is where people sign in."""

    addresses: dict[str, str]
    issuer: str


def variable(name: str) -> str:
    return f"GCM_URL_{name.upper()}"


def where() -> Where:
    """From GCM_URL_…, otherwise the local stack that runs here, otherwise the last login; a profile knows no stack."""
    base = (None if os.environ.get("GCM_PROFILE") else _of_stack()) or _of_login() or Where({}, "")
    given = {one.value: os.environ[variable(one)] for one in Service if os.environ.get(variable(one))}
    issuer = os.environ.get(variable("issuer")) or base.issuer
    if not (given or base.addresses):
        raise Refused("No service is known: `gcm login --help` says how to name it; `make up` starts one here.")
    return Where({**base.addresses, **given}, issuer)


def preferred(what: Literal["entity", "language"], persona: str | None) -> str:
    """As the login that is used says it; empty if it does not, or if a persona acts."""
    from cli.signin.logins import Logins

    login = None if persona else Logins().of(where().issuer)
    return str(getattr(login, what)) if login else ""


def _of_stack() -> Where | None:
    if os.environ.get("GCM_ENVIRONMENT") == "production":
        return None
    stack = stack_file.stack()
    if not stack_file.runs(stack):
        return None
    return Where({one.value: stack["addresses"][one] for one in Service}, stack["addresses"]["issuer"])


def _of_login() -> Where | None:
    from cli.signin.logins import Logins

    login = Logins().last()
    return Where(login.addresses, login.issuer) if login else None


@asynccontextmanager
async def connected(persona: str | None = None, *, signed_in: bool = True) -> "AsyncIterator[Client]":
    """A client of the services, as the persona or as who is signed in, or as nobody."""
    import httpx

    from shared.client import Addresses, Client

    place = where()
    async with httpx.AsyncClient() as http:
        token = await _token(persona, place, http) if persona or signed_in else None
        yield Client(Addresses(**place.addresses), token, http)


async def _token(persona: str | None, place: Where, http: "httpx.AsyncClient") -> str:
    from cli.signin.provider import require_safe

    for address in place.addresses.values():
        require_safe(address)
    if persona:
        from cli.stack import persona_token

        return persona_token(persona)
    return await _own_token(place.issuer, http)


async def _own_token(issuer: str, http: "httpx.AsyncClient") -> str:
    """The kept one while it is good, otherwise a new one. Refresh tokens rotate: one process at a time."""
    from cli.signin.logins import Logins

    logins = Logins()
    login = logins.of(issuer)
    if login is None:
        raise NotSignedIn("You are not signed in: `gcm login`. On a local stack, `--as PERSONA` does without.")
    if _good(login.good_until):
        return login.access_token
    with logins.change(issuer) as (now, save):
        if now is None:
            raise NotSignedIn("You have signed out meanwhile: `gcm login`.")
        if not _good(now.good_until):  # otherwise another process was faster
            save(now := await _refreshed(now, http))
        return now.access_token


async def _refreshed(login: "Login", http: "httpx.AsyncClient") -> "Login":
    from cli.signin.provider import Provider

    tokens = await Provider(login.issuer, http).refreshed(login.refresh_token)
    return replace(login, **asdict(tokens))


def _good(until: float) -> bool:
    from shared.clock import Clock

    return Clock().system().timestamp() + FRESH < until
