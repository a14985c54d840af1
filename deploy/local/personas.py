"""The people of the demonstration, for local stacks and tests only: deploy/local/demo/personas.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNT_ROLE = "default-roles-gcm"  # may see their own account pages; an import gives it to nobody by itself
FILE = Path(__file__).parent / "demo" / "personas.json"


@dataclass(frozen=True)
class Persona:
    """Somebody who can sign in. `person_id` is the `sub` of their tokens."""

    name: str
    person_id: str
    full_name: str
    address: str
    language: str
    realm_roles: tuple[str, ...]
    says: str


def personas() -> list[Persona]:
    records = json.loads(FILE.read_text())
    return [_persona(**record) for record in records]


def _persona(*, realm_roles: list[str], **others: Any) -> Persona:
    known = {name: value for name, value in others.items() if name in Persona.__dataclass_fields__}
    return Persona(realm_roles=tuple(realm_roles), **known)


def realm_users() -> dict[str, Any]:
    """For Keycloak's import, beside the realm's own file; the password comes from the environment."""
    return {"realm": "gcm", "users": [_user(one) for one in personas()]}


def _user(one: Persona) -> dict[str, Any]:
    first, _, last = one.full_name.partition(" ")
    return {
        "id": one.person_id,
        "username": one.name,
        "firstName": first,
        "lastName": last,
        "email": one.address,
        "emailVerified": True,
        "enabled": True,
        "realmRoles": [ACCOUNT_ROLE, *one.realm_roles],
        "credentials": [{"type": "password", "value": "${GCM_DEMO_PASSWORD}", "temporary": False}],
    }


def write_realm_users(file: Path) -> Path:
    """Its name must end like this for Keycloak to take it: gcm-users-0.json."""
    file.write_text(json.dumps(realm_users(), indent=1))
    return file
