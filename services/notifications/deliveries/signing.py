"""DKIM (RFC 6376): the mail says that it comes from our domain, and that nobody changed it."""

import dkim

from services.notifications.settings import Settings

# what somebody reads, or a mail program acts on; named twice, it cannot be added by another either
_FIXED = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
_BESIDES = (
    *("In-Reply-To", "References", "Reply-To", "List-Id", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language"),
)
SIGNED = [header.encode() for header in (*_FIXED, *_FIXED, *_BESIDES)]
RELAXED = (b"relaxed", b"relaxed")  # relays fold headers and trim lines


class Signer:
    """`key`: RSA, as PEM. Raises ValueError when it is none."""

    def __init__(self, domain: str, selector: str, key: bytes) -> None:
        self._domain, self._selector, self._key = domain.encode("idna"), selector.encode("ascii"), key
        try:
            self.sign(b"From: nobody@demo.invalid\r\n\r\n")
        except dkim.DKIMException as error:
            raise ValueError(f"the DKIM key is no RSA key in PEM: {error}") from None

    def sign(self, content: bytes) -> bytes:
        """The same mail with its signature in front. `content` has CRLF at the end of its lines."""
        signature: bytes = dkim.sign(
            content, self._selector, self._domain, self._key, canonicalize=RELAXED, include_headers=SIGNED
        )
        return signature + content


def signer(settings: Settings) -> Signer | None:
    """None where no domain is set to sign for: then the relay signs, or nobody."""
    key = settings.dkim_pem
    return Signer(settings.dkim_domain, settings.dkim_selector, key) if settings.dkim_domain else None
