"""Profiles: for who works on several servers, a login each, with its addresses, entity and language."""

import os
import re
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, show_json, table
from shared.refusal import Refused

if TYPE_CHECKING:
    from cli.signin.logins import Login

VARIABLE = "GCM_PROFILE"
NAME = re.compile("[a-z0-9][a-z0-9_-]{0,39}")  # of a folder, too

Chosen = Annotated[
    str | None, typer.Option("--profile", envvar=VARIABLE, help="Use the login that is kept under this name.")
]


def register(app: typer.Typer) -> None:
    app.callback()(choose)
    app.command()(profiles)


def choose(profile: Chosen = None) -> None:
    """For this process. Raises Refused for what can be no name."""
    if profile and not NAME.fullmatch(profile):
        raise Refused(f"“{profile}” can be no profile: up to 40 of a–z, 0–9, - and _, a letter or a digit first.")
    os.environ[VARIABLE] = profile or ""


def profiles(*, json: Json = False) -> None:
    """List the profiles that have a login: `gcm --profile NAME login` makes one."""
    found = dict(_found())
    if json:
        show_json([{"profile": name, **_public(login)} for name, login in found.items()])
    else:
        rows = [(name, login.addresses.get("pledges"), login.entity, login.language) for name, login in found.items()]
        table(("profile", "address", "entity", "language"), rows, "There is none.")


def _found() -> "list[tuple[str, Login]]":
    from cli.signin.logins import Logins, base

    folders = sorted(one for one in (base() / "profiles").glob("*") if NAME.fullmatch(one.name))
    logins = [(one.name, Logins(one).last()) for one in folders]
    return [(name, login) for name, login in logins if login]


def _public(login: "Login") -> dict[str, object]:
    """Without its tokens."""
    return {
        "addresses": login.addresses,
        "issuer": login.issuer,
        "entity": login.entity,
        "language": login.language,
    }
