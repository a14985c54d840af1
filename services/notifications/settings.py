"""Settings of notifications, from the environment (prefix GCM_)."""

from typing import Annotated

from pydantic import field_validator
from pydantic_settings import NoDecode

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Besides what all services have: where mail leaves, what it says of itself, and whom it may reach."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_starttls: bool = False
    smtp_username: str = ""
    smtp_password: str = ""
    mail_from: str = "GCM pledges <no-reply@demo.invalid>"
    mail_domain: str = "demo.invalid"  # right of the @ in Message-ID, and the name given in EHLO
    public_url: str = "http://localhost:8000"  # of the portal: begins every link in a mail
    # outside production nobody else is written to, so that a copy of real data mails no real person
    mail_allowed_domains: Annotated[tuple[str, ...], NoDecode] = (
        "demo.invalid",
        "example.org",
        "example.com",
        "example.net",
    )

    @field_validator("mail_allowed_domains", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """In the environment: GCM_MAIL_ALLOWED_DOMAINS=example.org,test.example"""
        return tuple(part.strip().lower() for part in value.split(",")) if isinstance(value, str) else value

    def may_mail(self, address: str) -> bool:
        """Whether this installation may write to the address at all. Subdomains of an allowed domain are allowed."""
        if self.environment == "production":
            return True
        local, _, domain = address.lower().rpartition("@")
        return bool(local) and any(
            domain == allowed or domain.endswith("." + allowed) for allowed in self.mail_allowed_domains
        )

    def _unsafe(self) -> list[str]:
        found = super()._unsafe()
        if self.smtp_password and not self.smtp_starttls:
            found.append("GCM_SMTP_STARTTLS is off, so the password would travel in the clear")
        if not self.public_url.startswith("https://"):
            found.append("GCM_PUBLIC_URL is not https")
        return found

    def _secrets(self) -> dict[str, str]:
        return super()._secrets() | {"GCM_SMTP_PASSWORD": self.smtp_password}
