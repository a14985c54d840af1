"""The parts of a stack at their place: PostgreSQL, Kafka, Keycloak. Each may be started alone."""

from pathlib import Path

from deploy import databases
from deploy.keycloak.check import REALM
from deploy.local import kafka, keycloak, postgres
from deploy.local.files import reachable, unprivileged
from deploy.local.personas import write_realm_users
from deploy.local.place import SERVICES, Place
from deploy.local.watcher import Watcher


def database_roles(place: Place) -> dict[str, dict[str, str]]:
    return databases.roles(SERVICES, lambda role: place.secrets[f"database {role}"])


def data_folder(place: Place, watcher: Watcher) -> Path:
    """Where PostgreSQL's data is: in the stack's folder, unless the user who runs it cannot reach that."""
    return reachable(place.state.folder, unprivileged(), watcher) / "postgres"


def postgres_of(place: Place, programs_folder: Path, watcher: Watcher) -> postgres.Postgres:
    return postgres.Postgres(
        programs=programs_folder,
        data=data_folder(place, watcher),
        port=place.ports["postgres"],
        password=place.secrets["postgres"],
        log=place.state.log("postgres"),
        environment=place.marker,
    )


def kafka_of(place: Place, classpath: list[Path]) -> kafka.Kafka:
    return kafka.Kafka(
        classpath=classpath,
        home=place.state.folder / "kafka",
        port=place.ports["kafka"],
        controller_port=place.ports["kafka-controller"],
        log=place.state.log("kafka"),
        environment=place.marker,
    )


def keycloak_of(place: Place, distribution: Path) -> keycloak.Keycloak:
    users = write_realm_users(place.state.folder / "gcm-users-0.json")
    return keycloak.Keycloak(
        distribution=distribution,
        home=place.state.folder / "keycloak",
        port=place.ports["keycloak"],
        management_port=place.ports["keycloak-management"],
        database=f"127.0.0.1:{place.ports['postgres']}/keycloak",
        database_role="keycloak",
        database_password=place.secrets["database keycloak"],
        admin_password=place.secrets["keycloak admin"],
        log=place.state.log("keycloak"),
        environment={**place.marker, **realm_values(place)},
        imports=(REALM, users),
    )


def realm_values(place: Place) -> dict[str, str]:
    """What the placeholders of the realm's files stand for here."""
    return {
        "GCM_SERVICE_CLIENT_SECRET": place.secrets["service client"],
        "GCM_PORTAL_CLIENT_SECRET": place.secrets["portal client"],
        "GCM_PORTAL_URL": place.http("portal", "localhost"),
        "GCM_PORTAL_INTERNAL_URL": place.http("portal"),
        "GCM_SMTP_HOST": "127.0.0.1",
        "GCM_SMTP_PORT": str(place.ports["smtp"]),
        "GCM_STAFF_SECOND_FACTOR": "DISABLED",  # a persona has no telephone
        "GCM_DEMO_LOGIN": "true",
        "GCM_DEMO_PASSWORD": place.secrets["personas"],
    }
