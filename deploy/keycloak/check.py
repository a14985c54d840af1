"""What hinders Keycloak's start with our realm: `python -m deploy.keycloak.check [REALM_FILE…]`, before every start.

It reads the environment that Keycloak will get, prints one line for each thing that is wrong, and ends with status 1.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from shared.settings import LOCAL_SECRET

REALM = Path(__file__).parent / "gcm-realm.json"
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(:[^}]*)?\}")
SECRETS = (
    "GCM_PORTAL_CLIENT_SECRET",
    "GCM_SERVICE_CLIENT_SECRET",
    "KC_DB_PASSWORD",
    "KC_BOOTSTRAP_ADMIN_PASSWORD",
)
SHORTEST_SECRET = 24  # characters; `openssl rand -base64 24` gives 32


def unset(files: Sequence[Path], given: Mapping[str, str]) -> list[str]:
    """A sentence for each `${NAME}` without a default whose NAME is unset or empty.

    Keycloak would take the text itself for the value: a client secret that anybody can read in the repository.
    """
    return [
        f"{file.name} needs {name}, which is not set: Keycloak would take its name for the value."
        for file in files
        for name, default in dict.fromkeys(PLACEHOLDER.findall(file.read_text()))
        if not default and not given.get(name)
    ]


def unsafe(given: Mapping[str, str]) -> list[str]:
    """A sentence for each value that a production start refuses."""
    return [*_secrets(given), *_addresses(given), *_mail(given), *_doors(given)]


def _secrets(given: Mapping[str, str]) -> Iterator[str]:
    for name in SECRETS:
        value = given.get(name, "")
        if LOCAL_SECRET in value:
            yield f"{name} holds a local secret: make one of your own."
        elif value and len(value) < SHORTEST_SECRET:
            yield f"{name} is shorter than {SHORTEST_SECRET} characters: make a random one."


def _addresses(given: Mapping[str, str]) -> Iterator[str]:
    portal, sign_in = given.get("GCM_PORTAL_URL", ""), given.get("KC_HOSTNAME", "")
    if portal and not _plain_https(portal):
        yield "GCM_PORTAL_URL must be https://NAME, without a path, a wildcard or a slash at its end."
    if not sign_in.startswith("https://"):
        yield "KC_HOSTNAME must be the address of sign-in for browsers and begin with https://."
    elif _is_number(urlsplit(sign_in).hostname or ""):
        yield "KC_HOSTNAME is an IP address: passkeys want a name."


def _plain_https(address: str) -> bool:
    parts = urlsplit(address)
    return address == f"https://{parts.netloc}" and bool(parts.hostname) and not set("*@") & set(parts.netloc)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _mail(given: Mapping[str, str]) -> Iterator[str]:
    for name in ("GCM_SMTP_HOST", "GCM_SIGN_IN_MAIL_FROM"):
        if not given.get(name):
            yield f"{name} is not set: whoever forgets a password would get no mail."


def _doors(given: Mapping[str, str]) -> Iterator[str]:
    if given.get("GCM_DEMO_LOGIN", "false") != "false":
        yield "GCM_DEMO_LOGIN opens the password grant, which passes by the second factor: leave it unset."
    if given.get("GCM_STAFF_SECOND_FACTOR", "CONDITIONAL") != "CONDITIONAL":
        yield "GCM_STAFF_SECOND_FACTOR must be CONDITIONAL: staff sign in with a second factor."
    if given.get("GCM_DEMO_PASSWORD"):
        yield "GCM_DEMO_PASSWORD is for the people of the demonstration, who are not to be here."


def wrong(files: Sequence[Path], given: Mapping[str, str]) -> list[str]:
    """All of it. GCM_ENVIRONMENT says where we are, and nothing said means production, as for the services."""
    production = given.get("GCM_ENVIRONMENT", "production") == "production"
    return unset(files, given) + (unsafe(given) if production else [])


def main() -> int:
    found = wrong([Path(name) for name in sys.argv[1:]] or [REALM], os.environ)
    for sentence in found:
        print(sentence, file=sys.stderr)  # noqa: T201 - a command line
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
