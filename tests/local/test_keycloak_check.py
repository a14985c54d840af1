"""What a start of Keycloak with our realm refuses, before the server sees it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.keycloak.check import REALM, unsafe, unset, wrong
from tests.support.keycloak import REALM_VALUES

GOOD = {
    "GCM_PORTAL_CLIENT_SECRET": "p" * 32,
    "GCM_SERVICE_CLIENT_SECRET": "s" * 32,
    "GCM_PORTAL_URL": "https://pledges.example.org",
    "GCM_PORTAL_INTERNAL_URL": "http://portal:8080",
    "GCM_SMTP_HOST": "mail.example.org",
    "GCM_SIGN_IN_MAIL_FROM": "no-reply@example.org",
    "KC_HOSTNAME": "https://sign-in.example.org",
    "KC_DB_PASSWORD": "d" * 32,
    "KC_BOOTSTRAP_ADMIN_PASSWORD": "a" * 32,
}


def test_a_production_that_is_set_up_may_start() -> None:
    assert wrong([REALM], GOOD) == []


@pytest.mark.parametrize("name", ["GCM_PORTAL_CLIENT_SECRET", "GCM_PORTAL_INTERNAL_URL", "GCM_SERVICE_CLIENT_SECRET"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_placeholder_without_a_value_is_refused_by_name(name: str, value: str | None) -> None:
    given = {key: other for key, other in GOOD.items() if key != name} | ({name: value} if value is not None else {})
    assert [sentence for sentence in wrong([REALM], given) if f"needs {name}," in sentence]


def test_a_placeholder_with_a_default_needs_no_value(tmp_path: Path) -> None:
    file = tmp_path / "realm.json"
    file.write_text('{"enabled": "${GCM_DEMO_LOGIN:false}"}')
    assert unset([file], {}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GCM_PORTAL_CLIENT_SECRET", "local-portal-and-some-more-text"),  # pragma: allowlist secret
        ("GCM_SERVICE_CLIENT_SECRET", "short"),  # pragma: allowlist secret
        ("KC_DB_PASSWORD", "local-database-and-some-more-text"),  # pragma: allowlist secret
        ("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin"),  # pragma: allowlist secret
        ("GCM_PORTAL_URL", "http://pledges.example.org"),
        ("GCM_PORTAL_URL", "https://pledges.example.org/"),
        ("GCM_PORTAL_URL", "https://*.example.org"),
        ("GCM_PORTAL_URL", "https://someone@example.org"),
        ("KC_HOSTNAME", "http://sign-in.example.org"),
        ("KC_HOSTNAME", ""),
        ("KC_HOSTNAME", "https://192.0.2.7"),
        ("KC_HOSTNAME", "https://[2001:db8::7]:8443"),
        ("GCM_SMTP_HOST", ""),
        ("GCM_SIGN_IN_MAIL_FROM", ""),
        ("GCM_DEMO_LOGIN", "true"),
        ("GCM_DEMO_PASSWORD", "anything"),  # pragma: allowlist secret
        ("GCM_STAFF_SECOND_FACTOR", "DISABLED"),
    ],
)
def test_production_refuses(name: str, value: str) -> None:
    [sentence] = unsafe(GOOD | {name: value})
    assert sentence.startswith(name)


def test_a_local_stack_has_what_production_refuses() -> None:
    assert wrong([REALM], REALM_VALUES | {"GCM_ENVIRONMENT": "local"}) == []
    assert wrong([REALM], REALM_VALUES)


def _check(given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "deploy.keycloak.check"]
    environment = {"PATH": os.environ["PATH"], **given}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603


def test_the_command_says_each_thing_that_is_wrong_and_fails() -> None:
    assert _check(GOOD).returncode == 0
    refused = _check({**GOOD, "GCM_DEMO_LOGIN": "true", "GCM_PORTAL_URL": "http://localhost:8080"})
    assert refused.returncode == 1
    assert [line.split()[0] for line in refused.stderr.splitlines()] == ["GCM_PORTAL_URL", "GCM_DEMO_LOGIN"]
