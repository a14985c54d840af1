"""gcm secrets, databases, realm: what an installation needs before its first start, in containers or not."""

import os
import secrets as chance
from pathlib import Path
from typing import Annotated

import typer

from cli.output import say
from cli.services import Service
from shared.refusal import Refused

TRIAL = """\
# A trial on this machine: over http, with people of the demonstration and an inbox for mails.
# Production refuses these secrets.
GCM_ENVIRONMENT=local
COMPOSE_PROFILES=trial
GCM_PORTAL_URL=http://localhost:8000
GCM_SIGN_IN_URL=http://localhost:8080
GCM_DEMO_LOGIN=true
GCM_STAFF_SECOND_FACTOR=DISABLED
GCM_SMTP_HOST=inbox
GCM_SMTP_PORT=8025
GCM_SMTP_STARTTLS=false
GCM_MAIL_FROM=GCM pledges <no-reply@demo.invalid>
GCM_SIGN_IN_MAIL_FROM=no-reply@demo.invalid
GCM_MAIL_DOMAIN=demo.invalid
GCM_REPLY_DOMAIN=reply.demo.invalid
"""
PRODUCTION = """\
# Fill in what is empty; the two addresses begin with https:// and lead to the ports of docs/containers.md.
GCM_ENVIRONMENT=production
GCM_PORTAL_URL=
GCM_SIGN_IN_URL=
GCM_SMTP_HOST=
GCM_SMTP_PORT=587
GCM_SMTP_STARTTLS=true
GCM_SMTP_USERNAME=
GCM_SMTP_PASSWORD=
GCM_MAIL_FROM=
GCM_SIGN_IN_MAIL_FROM=
GCM_MAIL_DOMAIN=
# where bounces arrive, with +… after its name; none: bounces@ the mail domain
GCM_RETURN_PATH=
# a mailbox (POP3 over TLS) to fetch them from; none: your mail server posts them to /bounces
GCM_BOUNCE_POP_HOST=
GCM_BOUNCE_POP_USERNAME=
GCM_BOUNCE_POP_PASSWORD=
# none: the relay signs; otherwise an RSA key in PEM, in quotes
GCM_DKIM_DOMAIN=
GCM_DKIM_SELECTOR=gcm
GCM_DKIM_KEY=
# the domain whose mails to reply+… reach us: docs/operations.md
GCM_REPLY_DOMAIN=
# s3://bucket/folder
GCM_ATTACHMENTS_URL=
GCM_SUPPORT_ATTACHMENTS_URL=
AWS_ENDPOINT_URL=
AWS_REGION=
AWS_ACCESS_KEY_ID=
AWS_SECRET_ACCESS_KEY=
"""
ALWAYS = ("GCM_POSTGRES_PASSWORD", "GCM_KEYCLOAK_ADMIN_PASSWORD", "GCM_SERVICE_CLIENT_SECRET")
SEALING = ("GCM_PORTAL_CLIENT_SECRET", "GCM_SESSION_KEYS", "GCM_LINK_KEYS", "GCM_MAIL_KEYS")
ANSWERS = ("GCM_REPLY_KEYS", "GCM_INBOUND_SECRET")


def register(app: typer.Typer) -> None:
    app.command()(secrets)
    app.command()(databases)
    app.command()(realm)


def secrets(
    production: Annotated[bool, typer.Option("--production", help="For real use; otherwise for a trial.")] = False,
) -> None:
    """Print an environment file with new secrets, for docker-compose.yml. Each call makes others."""
    from deploy.databases import roles
    from shared.settings import LOCAL_SECRET

    kind = "" if production else LOCAL_SECRET
    owned = roles(Service, lambda role: f"GCM_{role.upper()}_PASSWORD").values()
    names = [*ALWAYS, *SEALING, *ANSWERS, *(name for database in owned for name in database.values())]
    say("# Whoever reads this file can read everything. It stays on this machine, with mode 0600.")
    print(PRODUCTION if production else TRIAL, end="")
    for name in names if production else (*names, "GCM_DEMO_PASSWORD"):
        say(f"{name}={kind}{chance.token_urlsafe(32)}")


def databases() -> None:
    """Make the databases and roles that are missing, and give the roles these passwords; may be repeated.

    GCM_SUPERUSER_DATABASE_URL says where; GCM_<ROLE>_PASSWORD is each role's: pledges_owner and pledges for the
    database pledges, and so on, and keycloak for its own. No role can connect to another's database.
    """
    import asyncio

    from deploy.databases import create, roles

    made = roles(Service, lambda role: _given(f"GCM_{role.upper()}_PASSWORD"))
    asyncio.run(create(_given("GCM_SUPERUSER_DATABASE_URL"), made))
    say(f"The databases {', '.join(made)} are there.")


def realm(folder: Annotated[Path, typer.Argument(help="Where Keycloak's --import-realm looks.")]) -> None:
    """Put the realm where Keycloak imports it from, unless something in Keycloak's environment is wrong."""
    from deploy.keycloak.check import REALM, wrong

    if found := wrong([REALM], os.environ):
        raise Refused("\n".join(found))
    draft = folder / "draft"
    draft.write_text(REALM.read_text())
    draft.rename(folder / REALM.name)
    say(f"{REALM.name} lies in {folder}.")


def _given(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise Refused(f"{name} is not set: see docs/containers.md.")
