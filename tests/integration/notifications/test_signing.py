"""DKIM: each mail is signed, what others change breaks it, and what relays do to a mail does not."""

from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.notifications.deliveries.signing import Signer, signer
from tests.integration.notifications.support import Post
from tests.integration.notifications.test_sending import queued


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.fixture(scope="module")
def dns(key: rsa.RSAPrivateKey) -> Callable[..., bytes | None]:
    """The TXT records that there are."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.DER, form)
    from base64 import b64encode

    records = {b"gcm._domainkey.demo.invalid.": b"v=DKIM1; k=rsa; p=" + b64encode(public)}
    return lambda name, timeout=5: records.get(name)  # noqa: ARG005 - dkimpy names it


class Raw:
    """Keeps each mail as it came over the wire."""

    def __init__(self, post: Post) -> None:
        self.contents: list[bytes] = []
        self._takes = post.inbox.handle_DATA
        post.inbox.handle_DATA = self.handle_DATA  # type: ignore[method-assign,assignment]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.contents.append(envelope.content)
        return await self._takes(server, session, envelope)


def signing(post: Post, pem: bytes, folder: Path) -> None:
    file = folder / "dkim.pem"
    file.write_bytes(pem)
    post.configure(dkim_domain="demo.invalid", dkim_key_file=file)


async def test_each_mail_is_signed_and_the_signature_holds(
    post: Post, pem: bytes, dns: Callable[..., bytes | None], tmp_path: Path
) -> None:
    signing(post, pem, tmp_path)
    raw, post.people.focal_points["veridia"] = Raw(post), ["amina", "amïna@demo.invalid"]
    post.people.title = "Écoles — " + "é" * 200
    await queued(post)
    await post.send()
    assert len(raw.contents) == 2
    for content in raw.contents:
        assert dkim.verify(content, dnsfunc=dns)
        assert b"c=relaxed/relaxed" in content
        signed = _signed(content)
        for header in ("from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post", "list-id", "references"):
            assert header in signed
        assert signed.count("list-unsubscribe") == 2  # so that nobody can add another


def _signed(content: bytes) -> list[str]:
    from email import message_from_bytes

    tags = message_from_bytes(content)["DKIM-Signature"].split(";")
    [named] = [tag.strip()[2:] for tag in tags if tag.strip().startswith("h=")]
    return [header.strip() for header in named.split(":")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: ", b"Subject: Not "),
        (b"/unsubscribe/", b"/elsewhere/"),
        (b"From: ", b"From: Somebody Else <a@evil.example>\r\nFrom: "),
        (b"List-Unsubscribe: ", b"List-Unsubscribe: <https://evil.example>\r\nList-Unsubscribe: "),
        (b"</p>", b"!</p>"),
    ],
)
async def test_what_is_changed_on_the_way_breaks_it(
    post: Post, pem: bytes, dns: Callable[..., bytes | None], tmp_path: Path, before: bytes, after: bytes
) -> None:
    signing(post, pem, tmp_path)
    raw, post.people.focal_points["veridia"] = Raw(post), ["amina"]
    await queued(post)
    await post.send()
    [content] = raw.contents
    assert before in content
    assert not dkim.verify(content.replace(before, after, 1), dnsfunc=dns)
    # what relays do to a mail does not
    assert dkim.verify(b"Received: by mx.example\r\n" + content.replace(b"Subject: ", b"SUBJECT:   "), dnsfunc=dns)


def test_without_a_domain_nothing_is_signed_and_a_key_must_be_one(post: Post) -> None:
    assert signer(post.worker.settings) is None
    with pytest.raises(ValueError, match="no RSA key"):
        Signer("demo.invalid", "gcm", b"-----BEGIN NOTHING-----")
