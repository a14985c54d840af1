"""docker-compose.yml as it is written: what holds without any engine."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.keycloak.check import REALM, wrong
from services.network_support.settings import Settings as NetworkSupport
from services.notifications.settings import Settings as Notifications
from services.pledges.settings import Settings as Pledges
from services.portal.settings import Settings as Portal
from shared.settings import LOCAL_SECRET
from tests.containers.compose import secrets

FILE = Path(__file__).parents[3] / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if name not in {"postgres", "kafka", "keycloak"}}


def _values(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


TRIAL, PRODUCTION = _values(secrets()), _values(secrets("--production"))

FILLED = {
    "GCM_PORTAL_URL": "https://pledges.example",
    "GCM_SIGN_IN_URL": "https://sign-in.example",
    "GCM_SMTP_HOST": "mail.example",
    "GCM_MAIL_FROM": "a@b.example",
    "GCM_SIGN_IN_MAIL_FROM": "a@b.example",
    "GCM_MAIL_DOMAIN": "b.example",
    "GCM_REPLY_DOMAIN": "reply.b.example",
    "GCM_ATTACHMENTS_URL": "s3://bucket/pledges",
    "GCM_SUPPORT_ATTACHMENTS_URL": "s3://bucket/support",
}


def _filled(text: str, values: dict[str, str]) -> str:
    """As compose fills in ${NAME:-default} and ${NAME:?message}."""
    return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: values.get(found[1]) or found[2] or "", text)


def _environment(service: str, values: dict[str, str]) -> dict[str, str]:
    return {name: _filled(str(value), values) for name, value in SERVICES[service]["environment"].items()}


@pytest.mark.parametrize("name", OURS)
def test_ours_can_do_nothing_that_they_need_not(name: str) -> None:
    service = OURS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {"memory", "cpus"} <= set(service["deploy"]["resources"]["limits"])
    assert int(service["stop_grace_period"].rstrip("s")) > 20  # shared.process.STOP_WITHIN


def test_only_interfaces_and_sign_in_are_published_and_to_this_machine() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    interfaces = {"pledges-api", "network-support-api", "notifications-api"}
    assert set(published) == {*interfaces, "portal", "keycloak", "inbox"}
    assert all(port.startswith("${GCM_BIND:-127.0.0.1}:") for ports in published.values() for port in ports)
    assert SERVICES["inbox"]["profiles"] == ["trial"]


def test_the_parts_are_on_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["kafka"]["networks"] == ["back"]


def test_no_topic_makes_itself() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.parametrize("service", ["realm", "keycloak"])
def test_nothing_hinders_keycloak_in_a_trial_nor_in_production(service: str) -> None:
    assert wrong([REALM], _environment(service, TRIAL)) == []
    assert wrong([REALM], _environment(service, PRODUCTION | FILLED)) == []
    assert wrong([REALM], _environment(service, TRIAL | FILLED | {"GCM_ENVIRONMENT": "production"})) != []


def test_gcm_secrets_gives_what_compose_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", FILE.read_text()))
    assert asked <= {name for name, value in TRIAL.items() if value}
    empty = {name for name in asked if not PRODUCTION[name]}
    # a trial keeps files in a volume: only a service in production asks for a bucket
    assert empty | {"GCM_ATTACHMENTS_URL", "GCM_SUPPORT_ATTACHMENTS_URL"} == set(FILLED)


def test_a_secret_is_made_for_each_place_and_each_call() -> None:
    made = [value for name, value in TRIAL.items() if name.endswith(("PASSWORD", "SECRET", "KEYS")) and value]
    assert len(made) == len(set(made))
    assert all(value.startswith(LOCAL_SECRET) and len(value) > 40 for value in made)
    assert not set(made) & set(_values(secrets()).values())
    assert not any(LOCAL_SECRET in value for value in PRODUCTION.values())


ASKING = ("network-support-api", "network-support-mailbox", "notifications-sender", "notifications-scheduler")


@pytest.mark.parametrize("service", ASKING)
def test_who_asks_another_service_can_say_who_they_are(service: str) -> None:
    assert _environment(service, TRIAL | FILLED)["GCM_SERVICE_CLIENT_SECRET"] == TRIAL["GCM_SERVICE_CLIENT_SECRET"]


@pytest.mark.parametrize(
    ("service", "settings"),
    [
        ("pledges-api", Pledges),
        ("network-support-api", NetworkSupport),
        ("notifications-sender", Notifications),
        ("portal", Portal),
    ],
)
def test_production_takes_its_own_secrets_and_refuses_those_of_a_trial(
    service: str, settings: type[Pledges | NetworkSupport | Notifications | Portal], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("GCM_")]:
        monkeypatch.delenv(name)
    for name, value in _environment(service, PRODUCTION | FILLED).items():
        monkeypatch.setenv(name, value)
    assert settings().environment == "production"
    for name, value in _environment(service, TRIAL | FILLED | {"GCM_ENVIRONMENT": "production"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="local secret"):
        settings()
