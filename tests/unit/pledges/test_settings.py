"""What production refuses of keys and of the place of files, and how keys are written in the environment."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.pledges.settings import Settings
from shared.files.store import Store

KEY = "a secret of production with 32 characters or more"
GOOD: dict[str, Any] = {
    "environment": "production",
    "database_url": "postgresql://db/pledges",
    "kafka_bootstrap": "kafka:9092",
    "oidc_issuer": "https://id.example/realms/gcm",
}


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        (f"{KEY},local-{KEY}", "GCM_LINK_KEYS holds a local secret"),
        (f"{KEY},short", "GCM_LINK_KEYS holds a key of fewer than 32 characters"),
    ],
)
def test_production_refuses(keys: str, named: str) -> None:
    with pytest.raises(ValidationError, match=named) as refused:
        Settings(**GOOD, link_keys=keys)
    assert KEY not in str(refused.value)


def test_keys_from_the_environment_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCM_LINK_KEYS", f"{KEY} 2, {KEY} 1,")
    settings = Settings(**GOOD)
    assert settings.link_keys == (f"{KEY} 2", f"{KEY} 1")
    assert KEY not in repr(settings)


def test_a_process_that_handles_no_links_needs_no_key() -> None:
    assert Settings(**GOOD).link_keys == ()


@pytest.mark.parametrize("url", ["file:///attachments", "memory:///", "http://files.example/a"])
def test_production_keeps_files_where_all_processes_find_them(url: str) -> None:
    with pytest.raises(ValidationError, match="GCM_ATTACHMENTS_URL is a place of one machine"):
        Settings(**GOOD, attachments_url=url)
    assert Settings(**GOOD, attachments_url="s3://bucket/pledges").attachments_url == "s3://bucket/pledges"


def test_who_keeps_files_must_be_told_where() -> None:
    with pytest.raises(ValueError, match="GCM_ATTACHMENTS_URL is empty"):
        Store(Settings(**GOOD).attachments_url)
