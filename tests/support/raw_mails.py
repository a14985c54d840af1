"""Mails as programs of people send them, raw; and those that nobody sends."""

from email.message import EmailMessage
from email.policy import SMTP

TEXT = "Geneva and Nairobi.\n"


def raw(
    to: str = "somebody@example.org",
    text: str | None = TEXT,
    *,
    html: str | None = None,
    sender: str = "Amina Diallo <amina@demo.invalid>",
    message_id: str = "<1@example.org>",
    files: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """`files`: (name, content). Headers by name, with _ for -."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: A message about your request"
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if text is not None:
        mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html") if text is not None else mail.set_content(html, subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(mail)


def plain(*headers: str, body: bytes = b"Geneva.\r\n") -> bytes:
    """Headers as they stand, and whatever body: what no library would make."""
    lines = ["From: amina@demo.invalid", "To: somebody@example.org", "MIME-Version: 1.0", *headers]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def nested(depth: int) -> bytes:
    """A text in so many multiparts."""
    inside = b"Content-Type: text/plain\r\n\r\nGeneva.\r\n"
    for level in range(depth):
        mark = f"b{level}".encode()
        head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n'
        inside = head + b"--" + mark + b"\r\n" + inside + b"\r\n--" + mark + b"--\r\n"
    return b"From: amina@demo.invalid\r\nTo: somebody@example.org\r\n" + inside
