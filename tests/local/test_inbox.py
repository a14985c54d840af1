"""The mail inbox as a process: real SMTP in, pages and JSON out."""

import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from deploy.local.http_probe import answers
from deploy.local.mailbox import Mailbox
from deploy.local.ports import choose
from shared.clock import Clock
from tests.local.running import eventually

NASTY = "<script>alert(1)</script>"


class Inbox:
    """One process at a time, on the same ports and file."""

    def __init__(self, file: Path, **environment: str) -> None:
        self.smtp, self.http = choose(2)
        self._environment = {**os.environ, **environment}
        self._argv = [sys.executable, "-m", "deploy.local.inbox", str(self.smtp), str(self.http), str(file)]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._argv, env=self._environment)  # noqa: S603 - our own program
        eventually(lambda: answers(self.http, "/"))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.http}{path}")

    def send(self, to: str, subject: str = "Hello", *, html: str = "") -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "gcm@demo.invalid", to, subject
        message.set_content("Plain, with Кириллица")
        if html:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as smtp:
            smtp.send_message(message)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "mails.jsonl")
    yield inbox
    inbox.stop()


def test_a_mail_can_be_asked_for_by_its_recipient(inbox: Inbox) -> None:
    inbox.send("amina@demo.invalid", "Votre engagement – reçu", html="<p>Hello</p>")
    inbox.send("kofi@demo.invalid")
    [mail] = inbox.get("/api/mails?to=Amina@demo.invalid").json()
    assert mail["subject"] == mail["headers"]["Subject"] == "Votre engagement – reçu"
    assert (mail["from"], mail["to"]) == ("gcm@demo.invalid", ["amina@demo.invalid"])
    assert "Кириллица" in mail["text"]
    assert "<p>Hello</p>" in mail["html"]
    assert inbox.get(f"/api/mails/{mail['id']}").json() == mail
    assert inbox.get("/api/mails/none").status_code == 404
    assert len(inbox.get("/api/mails").json()) == 2


def test_pages_escape_what_came_by_mail(inbox: Inbox) -> None:
    inbox.send("amina@demo.invalid", NASTY, html=NASTY)
    [mail] = inbox.get("/api/mails").json()
    for path in ("/", f"/mails/{mail['id']}"):
        page = inbox.get(path)
        assert NASTY not in page.text
        assert "&lt;script&gt;" in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_loses_nothing(inbox: Inbox, end: str) -> None:
    inbox.send("amina@demo.invalid")
    before = inbox.get("/api/mails").json()
    getattr(inbox, end)()
    inbox.start()
    assert inbox.get("/api/mails").json() == before


def test_it_can_be_emptied(inbox: Inbox) -> None:
    inbox.send("amina@demo.invalid")
    assert httpx.delete(f"http://127.0.0.1:{inbox.http}/api/mails").status_code == 204
    assert inbox.get("/api/mails").json() == []


def test_only_the_newest_are_kept_and_a_line_that_was_cut_off_is_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "mails.jsonl"
    mailbox = Mailbox(file, kept=2)
    for number in range(3):
        mailbox.add("a@demo.invalid", ["b@demo.invalid"], f"Subject: {number}\n\n".encode(), Clock().system())
    with file.open("a") as lines:
        lines.write('{"id": "cut')
    again = Mailbox(file, kept=2)
    assert [mail.subject for mail in again.mails] == [mail.subject for mail in mailbox.mails] == ["1", "2"]
    assert [json.loads(line)["id"] for line in file.read_text().splitlines()] == [mail.id for mail in again.mails]


def test_a_mail_that_cannot_be_read_is_shown_as_such(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mails.jsonl")
    content = b"Content-Type: text/plain; charset=none-such\n\n\xff\xfe"
    mail = mailbox.add("a@demo.invalid", ["b@demo.invalid"], content, Clock().system())
    assert mail.subject == "(unreadable)" or mail.text


@contextmanager
def gateway(*statuses: int) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A service that takes mails, and what it was brought; answers with each of `statuses` in turn."""
    brought: list[tuple[str, bytes]] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            brought.append((self.headers["Authorization"], body))
            self.send_response(statuses[len(brought) - 1])
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/inbound/mail", brought
        server.shutdown()


def test_answers_go_on_before_they_are_said_to_be_taken(tmp_path: Path) -> None:
    to = "reply+abc@reply.demo.invalid"
    with gateway(503, 200, 413) as (url, brought):
        inbox = Inbox(tmp_path / "mails.jsonl", GCM_INBOUND_URL=url, GCM_INBOUND_SECRET="sesame")
        try:
            with pytest.raises(smtplib.SMTPDataError, match="try again") as later:
                inbox.send(to)
            inbox.send(to)
            with pytest.raises(smtplib.SMTPDataError) as never:
                inbox.send(to)
            inbox.send("amina@demo.invalid")
            assert (later.value.smtp_code, never.value.smtp_code) == (451, 552)
            assert [one["to"] for one in inbox.get("/api/mails").json()] == [[to], ["amina@demo.invalid"]]
            assert [secret for secret, _ in brought] == ["Bearer sesame"] * 3
            assert brought[0][1].startswith(f"Delivered-To: {to}\r\n".encode())
        finally:
            inbox.stop()
