"""Mails that come back, as mail hosts write them."""


def report(
    path: str,
    recipient: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    original: str | None = None,
    kind: str = "rfc822",
) -> bytes:
    """A report on delivery (RFC 3464) to the return path `path`, about one recipient."""
    told = f"Original-Recipient: {kind}; {original}\r\n" if original else ""
    lines = f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {path}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4C2
Arrival-Date: Tue, 5 Nov 2024 09:00:00 +0000

{told}Final-Recipient: {kind}; {recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.demo.invalid
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: user unknown

--=_b
Content-Type: text/rfc822-headers

From: GCM pledges <no-reply@demo.invalid>
To: {recipient}
Subject: Published

--=_b--
"""
    return lines.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def complaint(path: str, recipient: str, *, kind: str = "abuse") -> bytes:
    """A report of abuse (RFC 5965) as providers send it to an address of their own choice, with the mail in it."""
    lines = f"""\
From: <complaints@provider.example>
To: <abuse@demo.invalid>
Subject: complaint about message
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

This is an email abuse report.
--=_b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1
Original-Mail-From: <{path}>

--=_b
Content-Type: message/rfc822

Return-Path: <{path}>
From: GCM pledges <no-reply@demo.invalid>
To: Amina <{recipient}>
Subject: Published
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_c"

--=_c
Content-Type: text/plain

Text
--=_c--
--=_b--
"""
    return lines.replace("\n", "\r\n").encode()
