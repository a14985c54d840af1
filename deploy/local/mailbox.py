"""The mails that the local inbox has received: the newest in memory, all of those in a file that outlives a restart."""

import base64
import json
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypedDict, cast

from uuid_utils.compat import uuid7

KEPT = 5000


@dataclass(frozen=True)
class Mail:
    """One mail as it came. `sender` and `to` are those of the envelope; `received` is system time."""

    id: str
    sender: str
    to: list[str]
    received: str
    subject: str
    headers: dict[str, str]
    text: str
    html: str

    def shown(self) -> dict[str, object]:
        """For the API."""
        fields = asdict(self)
        return {"id": fields.pop("id"), "from": fields.pop("sender"), **fields}


class Mailbox:
    """Keeps the last `kept` mails. A mail is in the file before `add` returns."""

    def __init__(self, file: Path, kept: int = KEPT) -> None:
        self._file = file
        self.mails: deque[Mail] = deque(maxlen=kept)
        self._load()

    def _load(self) -> None:
        if not self._file.exists():
            return
        lines = [line for line in self._file.read_text().splitlines() if line.endswith("}")]  # the last may be cut off
        newest = lines[-(self.mails.maxlen or 0) :]
        self.mails.extend(_mail(json.loads(line)) for line in newest)
        draft = self._file.with_suffix(".draft")
        draft.write_text("".join(f"{line}\n" for line in newest))
        draft.replace(self._file)

    def add(self, sender: str, to: list[str], content: bytes, received: datetime) -> Mail:
        record: dict[str, object] = {
            "id": str(uuid7()),
            "from": sender,
            "to": to,
            "received": received.isoformat(),
            "content": base64.b64encode(content).decode(),
        }
        with self._file.open("a") as file:
            file.write(json.dumps(record) + "\n")
        mail = _mail(record)
        self.mails.append(mail)
        return mail

    def to(self, address: str) -> list[Mail]:
        """The mails for one address, oldest first."""
        return [mail for mail in self.mails if address.lower() in (one.lower() for one in mail.to)]

    def one(self, ident: str) -> Mail | None:
        return next((mail for mail in self.mails if mail.id == ident), None)

    def clear(self) -> None:
        self.mails.clear()
        self._file.write_text("")


def _mail(record: dict[str, object]) -> Mail:
    parsed = message_from_bytes(base64.b64decode(str(record["content"])), policy=policy.default)
    return Mail(
        id=str(record["id"]),
        sender=str(record["from"]),
        to=list(cast("list[str]", record["to"])),
        received=str(record["received"]),
        **_read(parsed),
    )


class _Content(TypedDict):
    subject: str
    headers: dict[str, str]
    text: str
    html: str


def _read(message: EmailMessage) -> _Content:
    try:
        headers = _headers(message)
        return _Content(
            subject=headers.get("Subject", ""),
            headers=headers,
            text=_body(message, "plain"),
            html=_body(message, "html"),
        )
    except Exception as error:  # noqa: BLE001 - senders under test send anything; the inbox shows that it came
        return _Content(subject="(unreadable)", headers={}, text=f"{type(error).__name__}: {error}", html="")


def _headers(message: EmailMessage) -> dict[str, str]:
    """A header that is there several times has a line for each."""
    headers: dict[str, str] = {}
    for name, value in message.items():
        headers[name] = f"{headers[name]}\n{value}" if name in headers else str(value)
    return headers


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
