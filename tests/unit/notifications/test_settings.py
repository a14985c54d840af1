"""What production refuses, and whom a test system may write to."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.notifications.settings import Settings

GOOD: dict[str, Any] = {
    "environment": "production",
    "database_url": "postgresql://notifications:secret@db/notifications",
    "kafka_bootstrap": "kafka:9092",
    "oidc_issuer": "https://id.example/realms/gcm",
    "smtp_starttls": True,
    "smtp_password": "a secret",
    "public_url": "https://pledges.example",
    "mail_keys": "k" * 32,
}


def test_a_sound_production_starts() -> None:
    assert Settings(**GOOD).public_url == "https://pledges.example"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"smtp_password": "local-mail"}, "GCM_SMTP_PASSWORD holds a local secret"),
        ({"smtp_starttls": False}, "GCM_SMTP_STARTTLS"),
        ({"smtp_starttls": False, "smtp_password": "", "smtp_host": "mail.example"}, "GCM_SMTP_STARTTLS"),
        ({"mail_keys": ("local-keys-of-mails-to-nobody",)}, "GCM_MAIL_KEYS holds a local secret"),
        ({"mail_keys": ""}, "GCM_MAIL_KEYS is empty"),
        ({"mail_keys": f"{'k' * 32},short"}, "GCM_MAIL_KEYS holds a key of fewer than 32"),
        ({"dkim_domain": "pledges.example"}, "GCM_DKIM_DOMAIN is set, and there is no key"),
        ({"dkim_domain": "pledges.example", "dkim_key_file": "/nowhere/dkim.pem"}, "GCM_DKIM_DOMAIN is set"),
        ({"bounce_pop_host": "mail.example", "bounce_pop_tls": False}, "GCM_BOUNCE_POP_TLS"),
        ({"bounce_pop_password": "local-pop"}, "GCM_BOUNCE_POP_PASSWORD holds a local"),  # pragma: allowlist secret
        ({"dkim_key": "local-dkim-key"}, "GCM_DKIM_KEY holds a local secret"),
        ({"public_url": "http://localhost:1"}, "GCM_PUBLIC_URL"),
        ({"service_client_secret": "local-gcm"}, "GCM_SERVICE_CLIENT_SECRET"),
    ],
)
def test_production_refuses(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(**(GOOD | changed))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("amina@demo.invalid", True),
        ("amina@MAIL.Demo.Invalid", True),
        ("minister@interior.gov.example", False),
        ("x@notdemo.invalid", False),
        ("demo.invalid", False),
        ("a@demo.invalid@gov.example", False),
        ("", False),
    ],
)
def test_outside_production_only_allowed_domains_are_written_to(address: str, *, allowed: bool) -> None:
    assert Settings(**(GOOD | {"environment": "local"})).may_mail(address) is allowed
    assert Settings(**GOOD).may_mail(address) is True


def test_allowed_domains_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCM_MAIL_ALLOWED_DOMAINS", "Test.Example, example.org")
    settings = Settings(**(GOOD | {"environment": "test"}))
    assert settings.mail_allowed_domains == ("test.example", "example.org")
    assert not settings.may_mail("a@demo.invalid")


def test_a_relay_on_the_same_machine_needs_no_tls_and_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "dkim.pem"
    file.write_text("a key")
    changed = {"smtp_starttls": False, "smtp_password": "", "dkim_domain": "pledges.example", "dkim_key_file": file}
    settings = Settings(**(GOOD | changed))
    assert settings.dkim_pem == b"a key"
    assert settings.bounces_to == "bounces@demo.invalid"
