"""Where everything of a local stack is, and the secrets to reach it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.local.personas import personas
from deploy.local.state import State

SERVICES = ("pledges", "network_support", "notifications")


@dataclass(frozen=True)
class Place:
    """Where everything of a stack is, and the secrets to reach it."""

    state: State
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    marker: Mapping[str, str] = field(default_factory=dict)

    def database(self, name: str, role: str) -> str:
        return f"postgresql://{role}:{self.secrets[f'database {role}']}@127.0.0.1:{self.ports['postgres']}/{name}"

    def http(self, name: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.ports[name]}"

    @property
    def kafka(self) -> str:
        return f"127.0.0.1:{self.ports['kafka']}"

    @property
    def issuer(self) -> str:
        return f"{self.http('keycloak', 'localhost')}/realms/gcm"


def description(place: Place, seconds: dict[str, float]) -> dict[str, Any]:
    """What stack.json says besides the processes."""
    return {
        "addresses": addresses(place),
        "databases": {
            service: {
                "owner_url": place.database(service, f"{service}_owner"),
                "app_url": place.database(service, service),
            }
            for service in SERVICES
        },
        "personas": [{"name": one.name, "person_id": one.person_id, "says": one.says} for one in personas()],
        "persona_password": place.secrets["personas"],
        "clock_file": str(place.state.clock_file),
        "logs": str(place.state.logs),
        "seconds": seconds,
    }


def addresses(place: Place) -> dict[str, str]:
    return {
        "portal": place.http("portal", "localhost"),
        "pledges": place.http("pledges-api"),
        "network_support": place.http("network-support-api"),
        "notifications": place.http("notifications-api"),
        "mail": place.http("mail"),
        "issuer": place.issuer,
        "keycloak": place.http("keycloak"),
        "smtp": f"127.0.0.1:{place.ports['smtp']}",
        "kafka": place.kafka,
        "postgres": f"127.0.0.1:{place.ports['postgres']}",
    }
