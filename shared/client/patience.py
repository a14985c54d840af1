"""How long a caller waits, and when it tries again. Pure rules; all times are seconds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

LATER = frozenset({429, 502, 503, 504})
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)

Outcome = httpx.Response | httpx.TransportError


@dataclass(frozen=True)
class Patience:
    """A request is sent at most `attempts` times; who asks for more than `longest_pause` is not waited for."""

    connect: float = 5.0
    answer: float = 15.0
    attempts: int = 4
    first_pause: float = 0.2
    longest_pause: float = 5.0

    def timeout(self) -> httpx.Timeout:
        return httpx.Timeout(self.answer, connect=self.connect)

    def pause(self, attempt: int, asked: float | None, jitter: float) -> float | None:
        """Before the attempt that follows this one (the first is 1); None: give up. `jitter` is from 0 to 1."""
        if attempt >= self.attempts or (asked is not None and asked > self.longest_pause):
            return None
        longest = min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1))
        return max(longest * (0.5 + jitter / 2), asked or 0.0)


def worth_repeating(outcome: Outcome, *, repeatable: bool, in_doubt: bool) -> bool:
    """`repeatable`: it reads, or has an Idempotency-Key. `in_doubt`: an earlier attempt may be at work still.

    A PUT is not repeated once it has been sent: if it was done, its own new revision would make it stale.
    """
    if isinstance(outcome, httpx.TransportError):
        return isinstance(outcome, NEVER_SENT) or (repeatable and not isinstance(outcome, HOPELESS))
    own_first_at_work = outcome.status_code == httpx.codes.CONFLICT and in_doubt
    return repeatable and (outcome.status_code in LATER or own_first_at_work)


def retry_after(answer: httpx.Response, now: datetime) -> float | None:
    """Seconds from the header Retry-After (RFC 9110, 10.2.3), as a number or as a date."""
    said = answer.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
