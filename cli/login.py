"""gcm login, logout, whoami."""

import asyncio
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.connect import As, Where, connected, variable, where
from cli.output import Json, note, say, show_json
from shared.refusal import Refused

if TYPE_CHECKING:
    from cli.signin.provider import Invitation
    from shared.client.models.people import Me


def register(app: typer.Typer) -> None:
    app.command()(login)
    app.command()(logout)
    app.command()(whoami)


def _address(name: str, says: str) -> typer.models.OptionInfo:
    found: typer.models.OptionInfo = typer.Option(
        f"--{name.replace('_', '-')}", envvar=variable(name), metavar="URL", help=says
    )
    return found


def login(
    pledges: Annotated[str, _address("pledges", "The pledges service.")] = "",
    network_support: Annotated[str, _address("network_support", "The service of support requests.")] = "",
    notifications: Annotated[str, _address("notifications", "The notifications service.")] = "",
    issuer: Annotated[str, _address("issuer", "Where people sign in: the OIDC issuer.")] = "",
    entity: Annotated[
        str, typer.Option(help="For whom you mostly write: new pledges, imports and exports are theirs then.")
    ] = "",
    language: Annotated[str, typer.Option(help="For advice: one of the six UN languages, for instance fr.")] = "",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    *,
    json: Json = False,
) -> None:
    """Sign in, in a browser on this or another device. On a local stack the addresses are known.

    Kept in the user's state folder, for the user's eyes only, until `gcm logout`; what is named here is kept with it.
    """
    given = {"pledges": pledges, "network_support": network_support, "notifications": notifications}
    place = _place({name: address for name, address in given.items() if address}, issuer)
    asyncio.run(_login(place, (entity, language), browser=browser))
    me = asyncio.run(_me(None))
    if json:
        show_json(me)
    else:
        say(f"Signed in as {me.contact.name if me.contact else me.person_id}.")


def _place(given: dict[str, str], issuer: str) -> Where:
    if not (given and issuer):
        known = where()
        return Where({**known.addresses, **given}, issuer or known.issuer)
    return Where(given, issuer)


async def _login(place: Where, habits: tuple[str, str], *, browser: bool) -> None:
    import httpx

    from cli.signin.logins import Login, Logins
    from cli.signin.provider import Provider, require_safe

    if not place.issuer:
        raise Refused("Where people sign in is not known: name it with --issuer.")
    for address in place.addresses.values():
        require_safe(address)
    with Logins().change(place.issuer):
        pass  # it can be kept: better known before the person signs in
    async with httpx.AsyncClient() as http:
        provider = Provider(place.issuer, http)
        invitation = await provider.invite()
        _invite(invitation, browser=browser)
        tokens = await provider.accepted(invitation)
    with Logins().change(place.issuer) as (was, save):
        kept = (was.entity, was.language) if was else ("", "")
        login = Login(place.issuer, place.addresses, **asdict(tokens))
        save(replace(login, entity=habits[0] or kept[0], language=habits[1] or kept[1]))


def _invite(invitation: "Invitation", *, browser: bool) -> None:
    note(f"Open {invitation.address}")
    note(f"and sign in; the code there has to be {invitation.code}. Waiting (Ctrl-C gives up) …")
    if browser:
        typer.launch(invitation.address)


def logout(*, json: Json = False) -> None:
    """Forget the login, here and at the identity provider."""
    issuer = where().issuer
    was = asyncio.run(_logout(issuer))
    if json:
        show_json({"signed_out": was, "issuer": issuer})
    else:
        say("Signed out." if was else "You were not signed in.")


async def _logout(issuer: str) -> bool:
    import httpx

    from cli.problems import Away
    from cli.signin.logins import Logins
    from cli.signin.provider import Provider

    with Logins().change(issuer) as (login, save):
        if login is None:
            return False
        save(None)
    async with httpx.AsyncClient() as http:
        try:
            await Provider(issuer, http).revoke(login.refresh_token)
        except Away as away:
            note(f"{away} It is forgotten here, and ends there by itself.")
    return True


def whoami(persona: As = None, *, json: Json = False) -> None:
    """Say who is signed in where, and for whom they may act."""
    me = asyncio.run(_me(persona))
    if json:
        show_json({**me.model_dump(mode="json"), "addresses": where().addresses})
        return
    say(f"{me.contact.name if me.contact else 'No contact is registered'} ({me.person_id})")
    say(f"at {where().addresses['pledges']}")
    for held in me.memberships:
        say(f"{held.role} of {held.entity_id}" + (f" until {held.until:%Y-%m-%d}" if held.until else ""))
    if me.roles:
        say(f"roles: {', '.join(me.roles)}")


async def _me(persona: str | None) -> "Me":
    async with connected(persona) as client:
        return await client.pledges.me()
