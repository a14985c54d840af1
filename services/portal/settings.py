"""Settings of the portal, from the environment (prefix GCM_)."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from shared.sealing import Keys, unsafe
from shared.settings import Settings as Shared


class Settings(Shared):
    """Besides what all programs have: its address, its client at the identity provider, keys, and the services."""

    portal_url: str = Field(description="As browsers have it, without a path")
    portal_client_id: str = "gcm-portal"
    portal_client_secret: str = Field(repr=False)
    session_keys: Keys = Field(min_length=1, repr=False)
    pledges_url: str
    network_support_url: str
    notifications_url: str = ""

    @field_validator("portal_url")
    @classmethod
    def _bare(cls, value: str) -> str:
        scheme, host, *rest = urlsplit(value.rstrip("/"))
        if scheme not in {"http", "https"} or not host or any(rest):
            raise ValueError(
                "is not a scheme and a host alone, like https://pledges.example; pages have no path before"
            )
        return f"{scheme}://{host}"

    @property
    def https(self) -> bool:
        return self.portal_url.startswith("https://")

    @property
    def provider_origin(self) -> str:
        """Of the identity provider, as browsers have it."""
        scheme, host, *_ = urlsplit(self.oidc_issuer)
        return f"{scheme}://{host}"

    def _secrets(self) -> dict[str, str]:
        return super()._secrets() | {"GCM_PORTAL_CLIENT_SECRET": self.portal_client_secret}

    def _unsafe(self) -> list[str]:
        found = super()._unsafe() + unsafe("GCM_SESSION_KEYS", self.session_keys)
        if not self.https:
            found.append("GCM_PORTAL_URL is not https")
        if not self.portal_client_secret:
            found.append("GCM_PORTAL_CLIENT_SECRET is empty")
        return found
