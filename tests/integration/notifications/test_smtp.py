"""How the relay is spoken to in production: STARTTLS with a checked certificate, then a password, or not at all."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.notifications.deliveries.lifecycle import Accepted, NotTried, Outage, Outcome
from services.notifications.deliveries.pool import Pool
from services.notifications.deliveries.smtp import Wire
from tests.integration.notifications.inbox import Inbox
from tests.integration.notifications.support import settings

A_MAIL = Wire(
    "no-reply@demo.invalid",
    "amina@demo.invalid",
    b"From: no-reply@demo.invalid\r\nTo: amina@demo.invalid\r\nSubject: A mail\r\n\r\nText\r\n",
)
PASSWORD = "relay-password"  # pragma: allowlist secret - of a server that lives for one test


def certificate(folder: Path) -> Path:
    """Of 127.0.0.1 by itself, with its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "relay.pem"
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return file


@asynccontextmanager
async def relay(inbox: Inbox, context: ssl.SSLContext | None) -> AsyncIterator[None]:
    """Takes mail from those who know the password only, and the password over TLS only."""

    def check(_: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    def session() -> SMTP:
        return SMTP(
            inbox,
            hostname="test",
            tls_context=context,
            authenticator=check,
            auth_required=True,
            auth_require_tls=True,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()


async def send(inbox: Inbox, mails: int = 1, **changed: Any) -> list[Outcome]:
    own = settings(inbox, smtp_starttls=True, smtp_username="gcm", **changed)
    pool = Pool(own)
    try:
        return [await pool.send(A_MAIL, lambda: True) for _ in range(mails)]
    finally:
        await pool.close()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The relay's certificate, which this machine trusts."""
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_password_over_tls(trusted: ssl.SSLContext) -> None:
    inbox = Inbox()
    async with relay(inbox, trusted):
        assert await send(inbox, mails=2, smtp_password=PASSWORD) == [Accepted(), Accepted()]
    assert len(inbox.mails) == 2


async def test_a_wrong_password_is_an_outage_and_costs_no_mail(trusted: ssl.SSLContext) -> None:
    inbox = Inbox()
    async with relay(inbox, trusted):
        outcomes = await send(inbox, mails=2, smtp_password="wrong")  # pragma: allowlist secret - likewise
    assert outcomes == [Outage("smtp_535_SMTPAuthenticationError"), NotTried()]


async def test_a_certificate_that_nobody_trusts_is_refused(
    trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    inbox = Inbox()
    async with relay(inbox, trusted):
        [outcome] = await send(inbox, smtp_password=PASSWORD)
    assert isinstance(outcome, Outage)
    assert inbox.mails == []


async def test_without_tls_the_password_is_not_sent() -> None:
    inbox = Inbox()
    async with relay(inbox, None):
        [outcome] = await send(inbox, smtp_password=PASSWORD)
    assert isinstance(outcome, Outage)
    assert inbox.mails == []
