"""Settings of network_support."""

from pathlib import Path

from shared.files.settings import FileSettings
from shared.sealing import Keys, unsafe


class Settings(FileSettings):
    """Needs to know where the pledges service is: who may act for whom is asked there.

    `clocks_folder`: of the operator's own policy.yaml, calendars.yaml or days_off.yaml, each in place of the program's.
    """

    pledges_url: str
    clocks_folder: Path | None = None
    # of the addresses at which mails are answered: the roles `api` and `mailbox` need a key
    reply_keys: Keys = ()
    reply_domain: str = "reply.demo.invalid"
    mail_domain: str = "demo.invalid"  # right of the @ in Message-IDs of notifications, whose mails are no answers
    inbound_secret: str = ""  # with which the mail gateway brings mails; empty: none may
    # a mailbox in which answers arrive, for the role `mailbox`; IMAP over TLS
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: bool = True
    imap_username: str = ""
    imap_password: str = ""
    imap_folder: str = "INBOX"

    def _unsafe(self) -> list[str]:
        found = super()._unsafe() + unsafe("GCM_REPLY_KEYS", self.reply_keys)
        if self.imap_host and not self.imap_tls:
            found.append("GCM_IMAP_TLS is off, so mails and the password would travel in the clear")
        return found

    def _secrets(self) -> dict[str, str]:
        own = {"GCM_INBOUND_SECRET": self.inbound_secret, "GCM_IMAP_PASSWORD": self.imap_password}
        return super()._secrets() | own
