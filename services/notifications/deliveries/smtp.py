"""The relay that takes our mail, spoken to in single commands so that the lease can be checked right before DATA."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.policy import SMTPUTF8

import structlog
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from services.notifications.deliveries.lifecycle import Accepted, NotTried, Outage, Outcome, Refused
from services.notifications.settings import Settings

log = structlog.get_logger()

COMMAND_TIMEOUT = 15.0  # seconds for any answer
DATA_TIMEOUT = 20.0  # seconds for the answer to a whole mail
CLOSING = 421  # RFC 5321, 3.8: the relay ends the connection, whatever it was asked
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")


class Line:
    """One connection, opened with the first mail. After an Outage it is dead, and what follows is NotTried."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: SMTP | None = None
        self.dead = False

    async def send(self, message: EmailMessage, may_go: Callable[[], bool]) -> Outcome:
        """`may_go` is asked last before DATA. Nothing is raised and nothing logged that holds an address."""
        if self.dead:
            return NotTried()
        try:
            return await self._converse(await self._open(), message, may_go)
        except (SMTPRecipientRefused, SMTPDataError) as refusal:
            if refusal.code != CLOSING:
                await self._reset()
                return Refused(refusal.code, _enhanced(refusal.message))
            return self._die(f"smtp_{CLOSING}")
        except SMTPResponseException as refusal:  # to HELO, STARTTLS, AUTH or MAIL: what ails is not this recipient
            return self._die(f"smtp_{refusal.code}_{type(refusal).__name__}")
        except (SMTPException, OSError) as error:
            return self._die(type(error).__name__)

    async def _converse(self, client: SMTP, message: EmailMessage, may_go: Callable[[], bool]) -> Outcome:
        sender, recipient = _mailbox(message, "From"), _mailbox(message, "To")
        international = not (sender + recipient).isascii()
        if international and not client.supports_extension("smtputf8"):
            return Refused(553, "5.6.7")  # RFC 6531: the relay takes no such address
        options, encoding = (["SMTPUTF8", "BODY=8BITMIME"], "utf-8") if international else ([], "ascii")
        await client.mail(sender, options=options, encoding=encoding)
        await client.rcpt(recipient, encoding=encoding)
        if not may_go():
            await self._reset()
            return NotTried()
        await client.data(message.as_bytes(policy=SMTPUTF8 if international else POLICY), timeout=DATA_TIMEOUT)
        return Accepted()

    async def _open(self) -> SMTP:
        if self._client is None:
            self._client = self._make()
            await self._client.connect()
            if self._settings.smtp_username:
                await self._client.login(self._settings.smtp_username, self._settings.smtp_password)
            await self._client.ehlo()
        return self._client

    def _make(self) -> SMTP:
        return SMTP(
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            local_hostname=self._settings.mail_domain,
            start_tls=self._settings.smtp_starttls,
            timeout=COMMAND_TIMEOUT,
        )

    async def _reset(self) -> None:
        """RSET, so that the next mail begins clean. When even that fails the line is dead."""
        try:
            if self._client:
                await self._client.rset()
        except (SMTPException, OSError):
            self.dead = True

    def _die(self, reason: str) -> Outage:
        self.dead = True
        log.warning("smtp.outage", reason=reason)
        return Outage(reason)

    async def close(self) -> None:
        if self._client is None:
            return
        if not self.dead:
            with suppress(SMTPException, OSError):
                await self._client.quit(timeout=2)
        self._client.close()


@asynccontextmanager
async def line(settings: Settings) -> AsyncIterator[Line]:
    """A line for one batch; long-lived ones hang."""
    made = Line(settings)
    try:
        yield made
    finally:
        await made.close()


def _enhanced(message: str) -> str:
    found = _ENHANCED.match(message)
    return found.group(1) if found else ""


def _mailbox(message: EmailMessage, header: str) -> str:
    address: str = message[header].addresses[0].addr_spec
    return address
