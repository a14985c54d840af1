"""Who may open a page. Each route takes exactly one of these; the services decide about each thing themselves.

    @router.get("/my/pledges")
    async def my_pledges(request: Request, person: SignedIn) -> Response:
        found = await person.client.pledges.mine()

    @router.get("/pledges")
    async def pledges(request: Request, client: Public) -> Response:

`person` is a Person: the session, and a client of the APIs that acts with its token. Where nobody is signed in, a GET
goes to sign-in and comes back, and a POST shows a page that keeps what was typed (failures.py).
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from services.portal.csrf import posted, posted_either, posted_file
from services.portal.parts import parts_of
from services.portal.provider import Session
from shared.client import Addresses, Client, Patience
from shared.errors import Forbidden
from shared.web.auth import ADMIN, NETWORK_STAFF, REVIEWER

# posted by the identity provider, with a token that it signed; and by mail programs (RFC 8058), with one that we sealed
UNGUARDED = {"/auth/backchannel-logout", "/unsubscribe/{token}"}


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    session: Session
    client: Client


def _client(request: Request, token: str | None = None) -> Client:
    return Client(_addresses(request), token, parts_of(request).http)


def _addresses(request: Request) -> Addresses:
    settings = parts_of(request).settings
    return Addresses(settings.pledges_url, settings.network_support_url, settings.notifications_url)


def waiting_client(request: Request, person: Person) -> Client:
    """For answers without end. Asks once: whoever waits comes again."""
    parts = parts_of(request)
    return Client(_addresses(request), person.session.access, parts.waiting, Patience(attempts=1))


async def public(request: Request) -> Client:
    """A client that acts for nobody, whoever is signed in: public pages show everybody the same."""
    return _client(request)


async def signed_in(request: Request) -> Person:
    """Raises SignInNeeded, or Unavailable when the session cannot be renewed."""
    session = await parts_of(request).sessions.fresh(request)
    return Person(session, _client(request, session.access))


async def staff(request: Request) -> Person:
    """Network staff and administrators. Raises Forbidden for others."""
    return _holding(await signed_in(request), NETWORK_STAFF, ADMIN)


async def staff_or_reviewer(request: Request) -> Person:
    """Those who may look at the desk. Raises Forbidden for others."""
    return _holding(await signed_in(request), NETWORK_STAFF, REVIEWER, ADMIN)


def _holding(person: Person, *roles: str) -> Person:
    if not person.session.is_any(*roles):
        raise Forbidden("This page is for the Network’s staff.")
    return person


Public = Annotated[Client, Depends(public)]
SignedIn = Annotated[Person, Depends(signed_in)]
Staff = Annotated[Person, Depends(staff)]
StaffOrReviewer = Annotated[Person, Depends(staff_or_reviewer)]

RULES = {public, signed_in, staff, staff_or_reviewer}


def require_rules(app: FastAPI) -> None:
    """Raises RuntimeError when a route has no rule or several, or takes a POST without the check of csrf.py."""
    wrong = []
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            taken = [found.call for found in context.dependant.dependencies]
            forged = not {posted, posted_file, posted_either}.intersection(taken) and context.path not in UNGUARDED
            bare = "POST" in (context.methods or ()) and forged
            if len(RULES.intersection(taken)) != 1 or bare:
                wrong.append(str(context.path))
    if wrong:
        raise RuntimeError("routes without exactly one rule, or open to forged forms: " + ", ".join(wrong))
