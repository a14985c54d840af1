"""What production refuses of the portal."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.portal.settings import Settings

LOCAL = "local-x"
GOOD: dict[str, Any] = {
    "environment": "production",
    "oidc_issuer": "https://id.example/realms/gcm",
    "portal_url": "https://pledges.example/",
    "portal_client_secret": "a secret",  # pragma: allowlist secret
    "session_keys": "k" * 32 + "," + "l" * 32,
    "pledges_url": "http://pledges:8000",
    "network_support_url": "http://support:8000",
}


def test_a_sound_production_starts() -> None:
    settings = Settings(**GOOD)
    assert settings.session_keys == ("k" * 32, "l" * 32)
    assert settings.portal_url == "https://pledges.example"
    assert settings.provider_origin == "https://id.example"
    assert "a secret" not in repr(settings)
    assert "kkkk" not in repr(settings)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"portal_client_secret": LOCAL}, "GCM_PORTAL_CLIENT_SECRET holds a local secret"),
        ({"portal_client_secret": ""}, "GCM_PORTAL_CLIENT_SECRET is empty"),
        ({"session_keys": "k" * 32 + ",local-" + "l" * 32}, "GCM_SESSION_KEYS holds a local secret"),
        ({"session_keys": "k" * 32 + ",short"}, "GCM_SESSION_KEYS holds a key of fewer than 32 characters"),
        ({"session_keys": " , "}, "at least 1 item"),
        ({"portal_url": "http://pledges.example"}, "GCM_PORTAL_URL is not https"),
        ({"oidc_issuer": "http://id.example"}, "GCM_OIDC_ISSUER is not https"),
        ({"portal_url": "https://a.example/pledges"}, "is not a scheme and a host alone"),
        ({"portal_url": "pledges.example"}, "is not a scheme and a host alone"),
        ({"clock_file": "/clock.json"}, "GCM_CLOCK_FILE"),
    ],
)
def test_production_refuses(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(**(GOOD | changed))
