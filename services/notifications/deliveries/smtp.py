"""The relay that takes our mail, spoken to in single commands so that the lease is checked right before the text."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

import structlog
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from services.notifications.deliveries.lifecycle import Accepted, NotTried, Outage, Outcome, Refused
from services.notifications.settings import Settings

log = structlog.get_logger()

COMMAND_TIMEOUT = 15.0  # seconds for any answer
DATA_TIMEOUT = 20.0  # seconds for the answer to a whole mail
CLOSING = 421  # RFC 5321, 3.8: the relay ends the connection, whatever it was asked
GO_ON, DONE = 354, 250
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True)
class Wire:
    """A mail as it goes over the wire: `content` is signed, and each of its lines ends in CRLF."""

    sender: str = field(repr=False)  # where it comes back to
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def international(self) -> bool:
        """Whether a relay must know RFC 6531 to take it."""
        return not (self.sender + self.recipient).isascii()


class Line:
    """One connection, opened with the first mail. After an Outage it is dead, and what follows is NotTried.

    `begun`: the text of the last mail was sent, or some of it, so that the relay may have it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: SMTP | None = None
        self.dead = self.begun = False
        self.mails = 0

    async def send(self, wire: Wire, may_go: Callable[[], bool]) -> Outcome:
        """`may_go` is asked last before the text. Nothing is raised and nothing logged that holds an address."""
        if self.dead:
            return NotTried()
        self.begun = False
        self.mails += 1
        try:
            return await self._converse(await self._open(), wire, may_go)
        except (SMTPRecipientRefused, SMTPDataError) as refusal:
            if refusal.code != CLOSING:
                await self._reset()
                return Refused(refusal.code, _enhanced(refusal.message))
            return self._die(f"smtp_{CLOSING}")
        except SMTPResponseException as refusal:  # to HELO, STARTTLS, AUTH or MAIL: what ails is not this recipient
            return self._die(f"smtp_{refusal.code}_{type(refusal).__name__}")
        except (SMTPException, OSError) as error:
            return self._die(type(error).__name__)

    async def _converse(self, client: SMTP, wire: Wire, may_go: Callable[[], bool]) -> Outcome:
        if wire.international and not client.supports_extension("smtputf8"):
            return Refused(553, "5.6.7")  # RFC 6531: the relay takes no such address
        international = wire.international
        options, encoding = (["SMTPUTF8", "BODY=8BITMIME"], "utf-8") if international else ([], "ascii")
        await client.mail(wire.sender, options=options, encoding=encoding)
        await client.rcpt(wire.recipient, encoding=encoding)
        if not may_go():
            await self._reset()
            return NotTried()
        return await self._hand_over(client, wire.content, may_go)

    async def _hand_over(self, client: SMTP, content: bytes, may_go: Callable[[], bool]) -> Outcome:
        """The lease is looked at once more when the relay waits for the text: no wait is left before it but the
        machine's own, and a process that was frozen until now sends nothing."""
        answer = await client.execute_command(b"DATA", timeout=DATA_TIMEOUT)
        if answer.code != GO_ON:
            raise SMTPDataError(answer.code, answer.message)
        if not may_go():
            await self.close(politely=False)  # no dot, no mail
            return NotTried()
        protocol = client.protocol or _gone()
        self.begun = True
        protocol.write(_DOT.sub(b"..", content) + b".\r\n")
        answer = await protocol.read_response(timeout=DATA_TIMEOUT)
        if answer.code != DONE:
            raise SMTPDataError(answer.code, answer.message)
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
        return Outage(reason)

    async def close(self, *, politely: bool = True) -> None:
        if self._client is not None:
            if politely and not self.dead:
                with suppress(SMTPException, OSError):
                    await self._client.quit(timeout=2)
            self._client.close()
        self.dead = True


def _gone() -> NoReturn:
    raise SMTPServerDisconnected("Connection lost")


def _enhanced(message: str) -> str:
    found = _ENHANCED.match(message)
    return found.group(1) if found else ""
