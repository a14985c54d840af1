"""Which mails somebody gets, and when: by the link of a mail, or signed in. Opening a page changes nothing.

The link is of one person; whose page it is, is never read from anything else.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal import choosing
from services.portal.access import Person, Public, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, language_of, page, secret
from services.portal.phrases import Words
from services.portal.problems import faults
from services.portal.typed import Typed
from shared.client import Client, Missing, Refused
from shared.client.models.notifications import HeldChoice, Preferences
from shared.client.models.people import Me

router = APIRouter()

OWN = "/my/preferences"


@router.get("/preferences/{token}")
async def look(token: str, request: Request, client: Public) -> Response:
    shown = await _held(client, token)
    return _unreadable(request) if shown is None else _by_link(request, shown, choosing.filled(shown))


@router.post("/preferences/{token}")
async def choose(token: str, request: Request, client: Public, form: Form) -> Response:
    """On to the same address, which then says that it is saved."""
    shown = await _held(client, token)
    if shown is None:
        return _unreadable(request)
    typed = Typed.sent(form)
    try:
        choice = choosing.meant(typed, choosing.kinds(shown))
        await client.notifications.choose(HeldChoice(token=token, **choice.model_dump()))
    except Refused as refused:
        return _by_link(request, shown, typed, _faults(request, refused))
    return secret(done(request.url.path, "mails-chosen"))


@router.get(OWN)
async def look_at_own(request: Request, person: SignedIn) -> Response:
    shown, me = await _own(person)
    return _signed_in(request, shown, me, choosing.filled(shown))


@router.post(OWN)
async def choose_own(request: Request, person: SignedIn, form: Form) -> Response:
    """The contact, which the pledges service keeps, gets its language and zone first: what is wrong there is told
    before anything is saved."""
    shown, me = await _own(person)
    typed = Typed.sent(form)
    try:
        await _speak(person, me, typed)
        await person.client.notifications.choose_mails(choosing.meant(typed, choosing.kinds(shown)))
    except Refused as refused:
        return _signed_in(request, shown, me, typed, _faults(request, refused))
    return done(OWN, "mails-chosen")


async def _speak(person: Person, me: Me, typed: Typed) -> None:
    """Nothing is sent where nothing was changed."""
    if me.contact is None:
        return
    given = {name: typed.one(name) for name in ("language", "time_zone") if typed.one(name)}
    contact = me.contact.model_copy(update=given)
    if contact != me.contact:
        await person.client.pledges.change_contact(contact, seen=me.etag)


async def _held(client: Client, token: str) -> Preferences | None:
    """None for what is no link of ours."""
    try:
        return await client.notifications.check_preferences(token)
    except (Refused, Missing):
        return None


async def _own(person: Person) -> tuple[Preferences, Me]:
    """The contact as it is: a name and an address have to be sent with its language."""
    shown, me = await person.client.notifications.mail_preferences(), await person.client.pledges.me()
    spoken = {"language": me.contact.language, "time_zone": me.contact.time_zone} if me.contact else {}
    return shown.model_copy(update=spoken), me


def _faults(request: Request, refused: Refused) -> dict[str, str]:
    language = language_of(request)
    found = faults(refused, choosing.at, Words(language))
    return {at: choosing.named(language, at, says) for at, says in found.items()}


def _by_link(request: Request, shown: Preferences, values: Typed, wrong: dict[str, str] | None = None) -> Response:
    # who signs in from here goes on to where links are not needed
    return secret(_page(request, shown, values, wrong or {}, path=OWN, signed_in=False, reachable=True))


def _signed_in(
    request: Request, shown: Preferences, me: Me, values: Typed, wrong: dict[str, str] | None = None
) -> Response:
    return _page(request, shown, values, wrong or {}, signed_in=True, reachable=me.contact is not None)


def _page(request: Request, shown: Preferences, values: Typed, wrong: dict[str, str], **more: Any) -> Response:
    offered = choosing.Offered(language_of(request))
    given = {"shown": shown, "kinds": choosing.kinds(shown), "values": values, "offered": offered, "faults": wrong}
    return page(request, "preferences.html", 422 if wrong else 200, **given, **more)


def _unreadable(request: Request) -> Response:
    return secret(page(request, "unsubscribe_unreadable.html", 404, path=OWN))
