"""Settings that all programs share, and those of services with data, from the environment (prefix GCM_)."""

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL_SECRET = "local-"  # noqa: S105 - the mark of secrets that production refuses, itself no secret


class Settings(BaseSettings):
    """Read once at start. A production start refuses local secrets, plain-HTTP sign-in and a movable clock."""

    # a start that is refused names what is wrong, never the values: they may be secrets
    model_config = SettingsConfigDict(env_prefix="GCM_", frozen=True, hide_input_in_errors=True)

    environment: Literal["local", "test", "production"] = "production"
    log_level: str = "INFO"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    oidc_issuer: str
    oidc_jwks_url: str = ""
    clock_file: Path | None = None

    @property
    def jwks_url(self) -> str:
        return self.oidc_jwks_url or f"{self.oidc_issuer}/protocol/openid-connect/certs"

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment == "production" and (wrong := self._unsafe()):
            raise ValueError("not in production: " + "; ".join(wrong))
        return self

    def _unsafe(self) -> list[str]:
        found = [f"{name} holds a local secret" for name, value in self._secrets().items() if LOCAL_SECRET in value]
        if not self.oidc_issuer.startswith("https://"):
            found.append("GCM_OIDC_ISSUER is not https")
        if self.clock_file:
            found.append("GCM_CLOCK_FILE moves the clock")
        return found

    def _secrets(self) -> dict[str, str]:
        """By the names of their variables."""
        return {}


class ServiceSettings(Settings):
    """Besides: the service's own database, Kafka, and what tokens its interface takes."""

    database_url: str
    owner_database_url: str = ""  # of the role that owns the tables: for `migrate` only
    database_pool: int = 16
    kafka_bootstrap: str
    health_port: int | None = None
    oidc_audience: str = "gcm-api"
    pledges_url: str = ""
    service_client_id: str = "gcm-service"
    service_client_secret: str = ""

    def _secrets(self) -> dict[str, str]:
        return super()._secrets() | {
            "GCM_SERVICE_CLIENT_SECRET": self.service_client_secret,
            "GCM_DATABASE_URL": self.database_url,
            "GCM_OWNER_DATABASE_URL": self.owner_database_url,
        }
