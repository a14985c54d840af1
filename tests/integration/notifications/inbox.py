"""A real SMTP server that remembers what it took, and what stands in the mails."""

import asyncio
from collections.abc import Callable
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session


class Inbox:
    """A real SMTP server that remembers what it took, and answers as the test says.

    `rcpt` and `data`: the answer by recipient, from `"*"` for everybody. `before_data` is awaited when DATA has come.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.rcpt: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.before_data: Callable[[], Any] | None = None
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self.paths: list[str] = []  # to which each of the mails would come back

    async def start(self) -> None:
        def session() -> SMTP:
            self.connections += 1
            return SMTP(self, hostname="test", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

        self._server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        self._server = None

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, to: str, ___: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.rcpt.get(to, self.rcpt.get("*", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return answer

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.before_data and (waiting := self.before_data()):
            await waiting
        [to] = envelope.rcpt_tos
        answer = self.data.get(to, self.data.get("*", "250 OK"))
        if answer.startswith("250"):
            mail = message_from_string(cast(bytes, envelope.content).decode(), policy=POLICY)
            assert [one.addr_spec for one in mail["To"].addresses] == [to]
            self.mails.append(mail)
            self.paths.append(envelope.mail_from or "")
        return answer

    def sent(self) -> list[tuple[str, str]]:
        """(recipient, template) of every mail, sorted."""
        return sorted((to(mail), mail["X-GCM-Reason"].partition("; ")[2]) for mail in self.mails)

    def forget(self) -> None:
        self.mails.clear()


def to(mail: EmailMessage) -> str:
    found: str = mail["To"].addresses[0].addr_spec
    return found


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
