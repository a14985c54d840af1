"""`python -m deploy.local.inbox SMTP_PORT HTTP_PORT FILE [HOST]`: takes every mail, delivers none, shows all.

What comes to a reply address goes on to GCM_INBOUND_URL, with GCM_INBOUND_SECRET, before it is said to be taken.

GET / is a page to read them; GET /api/mails[?to=ADDRESS], GET /api/mails/ID and DELETE /api/mails are for programs.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.inbox_page import listing, page
from deploy.local.mailbox import Mail, Mailbox
from shared.clock import Clock
from shared.process import Health, run, serve

Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, str, str]  # status, media type, body
HTML, JSON = "text/html; charset=utf-8", "application/json"
NOT_FOUND: Answer = (404, JSON, '{"title": "There is nothing here"}')
ANSWERS = "reply+"
MOST_NAMED = 20
HEADERS = [
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True)
class Gateway:
    """Where answers to our mails go on to; without a URL they stay here, like all others."""

    url: str = ""
    secret: str = ""

    async def bring(self, content: bytes) -> str:
        """The answer of SMTP: a sender tries again after 4xx, and never after 5xx."""
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "message/rfc822"}
        try:
            async with httpx.AsyncClient(timeout=60) as http:
                answer = await http.post(self.url, content=content, headers=headers)
        except httpx.HTTPError as error:
            return f"451 4.3.0 {type(error).__name__}: try again later"
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return "552 5.3.4 The mail is too large"
        return "250 OK" if answer.is_success else f"451 4.3.0 {answer.status_code}: try again later"


class Door:
    """What aiosmtpd calls when a mail has come."""

    def __init__(self, mailbox: Mailbox, gateway: Gateway) -> None:
        self._mailbox, self._gateway = mailbox, gateway
        self._clock = Clock()

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - its name for it
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        if self._gateway.url and any(one.lower().startswith(ANSWERS) for one in envelope.rcpt_tos):
            # as the last relay on a mail's way adds, for blind copies
            to = "".join(f"Delivered-To: {one}\r\n" for one in envelope.rcpt_tos[:MOST_NAMED])
            said = await self._gateway.bring(to.encode() + content)
            if not said.startswith("250"):
                return said
        mail = self._mailbox.add(envelope.mail_from or "", envelope.rcpt_tos, content, self._clock.system())
        return f"250 OK {mail.id}"


def answer(mailbox: Mailbox, method: str, path: str, query: dict[str, list[str]]) -> Answer:
    """The whole HTTP interface."""
    match method, path.strip("/").split("/"):
        case "GET", [""]:
            return 200, HTML, listing(mailbox.mails)
        case "GET", ["mails", ident]:
            found = mailbox.one(ident)
            return (200, HTML, page(found)) if found else NOT_FOUND
        case "GET", ["api", "mails"]:
            return _json([mail.shown() for mail in _chosen(mailbox, query)])
        case "GET", ["api", "mails", ident]:
            found = mailbox.one(ident)
            return _json(found.shown()) if found else NOT_FOUND
        case "DELETE", ["api", "mails"]:
            mailbox.clear()
            return 204, JSON, ""
        case _:
            return NOT_FOUND


def _chosen(mailbox: Mailbox, query: dict[str, list[str]]) -> list[Mail]:
    return mailbox.to(query["to"][0]) if "to" in query else list(mailbox.mails)


def _json(body: object) -> Answer:
    return 200, JSON, json.dumps(body, ensure_ascii=False)


def http(mailbox: Mailbox) -> Callable[[dict[str, Any], object, Send], Awaitable[None]]:
    async def app(scope: dict[str, Any], _: object, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        status, media_type, body = answer(mailbox, scope["method"], scope["path"], query)
        headers = [*HEADERS, (b"content-type", media_type.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


async def receive(mailbox: Mailbox, gateway: Gateway, host: str, port: int, stop: asyncio.Event) -> None:
    """SMTP until told to stop."""
    loop = asyncio.get_running_loop()
    door = Door(mailbox, gateway)

    def session() -> SMTP:
        return SMTP(door, hostname="localhost", ident="local inbox", enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(session, host, port)
    async with server:
        await stop.wait()


async def main(smtp_port: int, http_port: int, file: Path, host: str = "127.0.0.1") -> None:
    os.umask(0o077)  # mails are for nobody else on this machine
    mailbox = Mailbox(file)
    config = uvicorn.Config(http(mailbox), host=host, port=http_port, log_config=None, access_log=False, lifespan="off")
    gateway = Gateway(os.environ.get("GCM_INBOUND_URL", ""), os.environ.get("GCM_INBOUND_SECRET", ""))
    tasks = {
        "smtp": lambda stop: receive(mailbox, gateway, host, smtp_port, stop),
        "http": lambda stop: serve(config, stop),
    }
    await run(tasks, Health())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:]))
