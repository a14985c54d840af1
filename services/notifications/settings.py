"""Settings of notifications, from the environment (prefix GCM_)."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.sealing import Keys, unsafe
from shared.settings import ServiceSettings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(ServiceSettings):
    """Besides what all services have: where mail leaves, what it says of itself, and whom it may reach."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_starttls: bool = False
    smtp_username: str = ""
    smtp_password: str = ""
    mail_from: str = "GCM pledges <no-reply@demo.invalid>"
    mail_domain: str = "demo.invalid"  # right of the @ in Message-ID, and the name given in EHLO
    smtp_connections: int = Field(default=4, ge=1, le=50)  # of one sender to the relay, used again and again
    mail_limits_file: Path | None = None  # of what domains get, instead of deliveries/limits.yaml
    mail_lease: float = Field(default=120, ge=26)  # seconds for which a mail is one sender's, who must send it by then
    # signs return paths, seals links to unsubscribe, and hashes addresses that are written to no more; newest,older
    mail_keys: Keys = Field(default=("local-keys-of-mails-to-nobody",), repr=False)
    return_path: str = ""  # where bounces arrive, and with +… after its name: bounces@ the mail domain
    bounce_pop_host: str = ""  # of the mailbox of the return path, if none hands over what comes to it
    bounce_pop_port: int = 995
    bounce_pop_username: str = ""
    bounce_pop_password: str = Field(default="", repr=False)
    bounce_pop_tls: bool = True
    dkim_domain: str = ""  # none: nothing is signed here
    dkim_selector: str = "gcm"
    dkim_key: str = Field(default="", repr=False)  # RSA, PEM; or in a file:
    dkim_key_file: Path | None = None
    network_support_url: str = "http://127.0.0.1:8002"  # what a mail about a message says is asked there
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

    @property
    def bounces_to(self) -> str:
        return self.return_path or f"bounces@{self.mail_domain}"

    @property
    def dkim_pem(self) -> bytes:
        """Raises OSError when its file cannot be read."""
        return self.dkim_key_file.read_bytes() if self.dkim_key_file else self.dkim_key.encode()

    def may_mail(self, address: str) -> bool:
        """Whether this installation may write to the address at all. Subdomains of an allowed domain are allowed."""
        if self.environment == "production":
            return True
        local, _, domain = address.lower().rpartition("@")
        return bool(local) and any(
            domain == allowed or domain.endswith("." + allowed) for allowed in self.mail_allowed_domains
        )

    def _unsafe(self) -> list[str]:
        found = super()._unsafe() + unsafe("GCM_MAIL_KEYS", self.mail_keys)
        if not self.mail_keys:
            found.append("GCM_MAIL_KEYS is empty")
        if not self.smtp_starttls and (self.smtp_password or self.smtp_host not in LOOPBACK):
            found.append("GCM_SMTP_STARTTLS is off, so mails and the password would travel in the clear")
        if self.bounce_pop_host not in ("", *LOOPBACK) and not self.bounce_pop_tls:
            found.append("GCM_BOUNCE_POP_TLS is off, so the password of the mailbox would travel in the clear")
        if self.dkim_domain and not self._has_dkim_key():
            found.append("GCM_DKIM_DOMAIN is set, and there is no key in GCM_DKIM_KEY_FILE or GCM_DKIM_KEY")
        if not self.public_url.startswith("https://"):
            found.append("GCM_PUBLIC_URL is not https")
        return found

    def _has_dkim_key(self) -> bool:
        try:
            return bool(self.dkim_pem)
        except OSError:
            return False

    def _secrets(self) -> dict[str, str]:
        return super()._secrets() | {
            "GCM_SMTP_PASSWORD": self.smtp_password,
            "GCM_BOUNCE_POP_PASSWORD": self.bounce_pop_password,
            "GCM_DKIM_KEY": self.dkim_key,
        }
