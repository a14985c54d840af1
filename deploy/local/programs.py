"""The processes of our own that a local stack runs, and the environment of each."""

import sys
from dataclasses import dataclass

from deploy.local.child import Child, Command, OneChild
from deploy.local.http_probe import answers
from deploy.local.place import SERVICES, Place
from deploy.stack_file import ROOT

# besides the interface and the relay; those that are not here only consume
WORKERS = {"pledges": ("consumer", "importer"), "notifications": ("consumer", "sender", "scheduler")}
WITH_FILES = ("pledges", "network_support")
PARTS = ("postgres", "kafka", "kafka-controller", "keycloak", "keycloak-management", "smtp", "mail")


@dataclass(frozen=True)
class Program:
    """One process of a service: `python -m services.<service> ROLE…`."""

    name: str
    service: str
    roles: tuple[str, ...]


@dataclass
class Service(OneChild):
    """A running program, as a part that can be kept. Ready when it says so itself."""

    command: Command
    port: int

    def start(self) -> None:
        """Returns at once: services bear any order of start, as they must in production."""
        self.child = Child(self.command, cwd=ROOT)

    def ready(self) -> bool:
        return answers(self.port, "/readyz")


def programs() -> list[Program]:
    """Per service: its interface, its relay, and a worker with the rest. The portal has nothing but its pages."""
    own_data = [
        program
        for service in SERVICES
        for program in (
            Program(f"{_label(service)}-api", service, ("api",)),
            Program(f"{_label(service)}-relay", service, ("relay",)),
            Program(f"{_label(service)}-worker", service, WORKERS.get(service, ("consumer",))),
        )
    ]
    return [*own_data, Program("portal", "portal", ("web",))]


def _label(service: str) -> str:
    return service.replace("_", "-")


def port_names() -> list[str]:
    return [*PARTS, *(program.name for program in programs())]


def secret_names() -> list[str]:
    roles = [role for service in SERVICES for role in (f"{service}_owner", service)]
    people = ["keycloak admin", "service client", "portal client", "portal sessions", "personas"]
    people += ["action links", "reply addresses", "mail gateway"]
    return ["postgres", *people, "database keycloak"] + [f"database {role}" for role in roles]


def command(program: Program, place: Place) -> Command:
    return Command(
        name=program.name,
        argv=(sys.executable, "-m", f"services.{program.service}", *program.roles),
        log=place.state.log(program.name),
        environment={**place.marker, **_environment(program, place)},
        stop_within=25,  # longer than the service's own deadline
    )


def _environment(program: Program, place: Place) -> dict[str, str]:
    """What all programs need, and the secrets of this one alone."""
    port = "GCM_HEALTH_PORT" if {"api", "web"}.isdisjoint(program.roles) else "GCM_HTTP_PORT"
    special = _for_pages(place) if program.service == "portal" else _for_data(program, place)
    return special | {
        "GCM_ENVIRONMENT": "local",
        "GCM_OIDC_ISSUER": place.issuer,
        "GCM_OIDC_JWKS_URL": f"{place.http('keycloak')}/realms/gcm/protocol/openid-connect/certs",
        "GCM_PLEDGES_URL": place.http("pledges-api"),
        "GCM_CLOCK_FILE": str(place.state.clock_file),
        port: str(place.ports[program.name]),
    }


def _for_pages(place: Place) -> dict[str, str]:
    return {
        "GCM_PORTAL_URL": place.http("portal", "localhost"),
        "GCM_PORTAL_CLIENT_SECRET": place.secrets["portal client"],
        "GCM_SESSION_KEYS": place.secrets["portal sessions"],
        "GCM_NETWORK_SUPPORT_URL": place.http("network-support-api"),
        "GCM_NOTIFICATIONS_URL": place.http("notifications-api"),
    }


def _for_data(program: Program, place: Place) -> dict[str, str]:
    return {
        "GCM_DATABASE_URL": place.database(program.service, program.service),
        "GCM_KAFKA_BOOTSTRAP": place.kafka,
        "GCM_SERVICE_CLIENT_SECRET": place.secrets["service client"],
        "GCM_SMTP_HOST": "127.0.0.1",
        "GCM_SMTP_PORT": str(place.ports["smtp"]),
        "GCM_PUBLIC_URL": place.http("portal", "localhost"),
        **(_for_files(program, place) if program.service in WITH_FILES else {}),
        **({"GCM_LINK_KEYS": place.secrets["action links"]} if program.name == "pledges-api" else {}),
        **(_for_answers(place) if program.name == "network-support-api" else {}),
        "GCM_NETWORK_SUPPORT_URL": place.http("network-support-api"),
    }


def _for_files(program: Program, place: Place) -> dict[str, str]:
    """Of each service a folder of its own; the one of the pledges was there before the others."""
    folder = "attachments" if program.service == "pledges" else f"attachments-{_label(program.service)}"
    return {"GCM_ATTACHMENTS_URL": (place.state.folder / folder).as_uri()}


def _for_answers(place: Place) -> dict[str, str]:
    return {"GCM_REPLY_KEYS": place.secrets["reply addresses"], "GCM_INBOUND_SECRET": place.secrets["mail gateway"]}


def inbox_command(place: Place) -> Command:
    """The mail inbox, which is ours too but no service. It hands answers to our mails on to network_support."""
    ports = (str(place.ports["smtp"]), str(place.ports["mail"]))
    return Command(
        name="inbox",
        argv=(sys.executable, "-m", "deploy.local.inbox", *ports, str(place.state.folder / "mails.jsonl")),
        log=place.state.log("inbox"),
        environment={
            **place.marker,
            "GCM_INBOUND_URL": f"{place.http('network-support-api')}/inbound/mail",
            "GCM_INBOUND_SECRET": place.secrets["mail gateway"],
        },
    )


def migrate_command(place: Place) -> Command:
    return Command(
        name="migrate",
        argv=(sys.executable, "-m", "cli.main", "migrate"),
        log=place.state.log("migrate"),
        environment={**place.marker, "GCM_LOCAL_DIR": str(place.state.folder)},
    )
