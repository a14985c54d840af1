"""The pages of the local inbox. Everything that came by mail is escaped; a mail's HTML is shown in a closed frame."""

from collections.abc import Iterable
from html import escape

from deploy.local.mailbox import Mail

FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:start;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ccc}}
pre{{white-space:pre-wrap}}iframe{{width:100%;height:40rem;border:1px solid #ccc}}
</style><h1>{title}</h1>{body}</html>"""


def listing(mails: Iterable[Mail]) -> str:
    """All mails, newest first."""
    rows = "".join(_row(mail) for mail in reversed(list(mails)))
    head = "<tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr>"
    body = f"<table>{head}{rows}</table>" if rows else "<p>No mail has come yet.</p>"
    return FRAME.format(title="Mails of the local stack", body=body)


def _row(mail: Mail) -> str:
    link = f'<a href="/mails/{mail.id}">{escape(mail.subject) or "(no subject)"}</a>'
    return f"<tr><td>{escape(mail.received[:19])}</td><td>{escape(', '.join(mail.to))}</td><td>{link}</td></tr>"


def page(mail: Mail) -> str:
    """One mail: headers, plain text, HTML."""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.headers.items())
    frame = f'<h2>HTML</h2><iframe sandbox title="HTML" srcdoc="{escape(mail.html)}"></iframe>' if mail.html else ""
    body = (
        f'<p><a href="/">All mails</a></p><pre>{escape(headers)}</pre><h2>Plain text</h2><pre>{escape(mail.text)}</pre>'
    )
    return FRAME.format(title=escape(mail.subject) or "(no subject)", body=body + frame)
