"""How much mail one domain gets from this process: so many at once, and so many a minute."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shared.policies import load

FILE = Path(__file__).parent / "limits.yaml"
MOST_KNOWN = 10_000  # domains that are remembered
MINUTE = 60.0


class Limit(BaseModel):
    """Of one domain; up to a tenth of a minute's mails may go at one go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_once: int = Field(ge=1)
    per_minute: float = Field(gt=0)


class Limits(BaseModel):
    """The policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Limit
    domains: Mapping[str, Limit] = {}

    def of(self, domain: str) -> Limit:
        return self.domains.get(domain, self.default)


def limits(file: Path | None = None) -> Limits:
    """As the file has them, or else limits.yaml. Raises Faulty."""
    return load(file or FILE, Limits)


@dataclass
class _Domain:
    """`full_at`: when the bucket of allowances will be full again; `tail`: up to when mails were put off."""

    limit: Limit
    turn: asyncio.Semaphore
    full_at: float = 0.0
    tail: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more may go; 0.0: now, and it is counted. Whoever waits gets a place behind the others."""
        pace = MINUTE / self.limit.per_minute
        burst = max(MINUTE / 10, pace)
        full_at = max(self.full_at, now) + pace
        if full_at - now <= burst:
            self.full_at = full_at
            return 0.0
        self.tail = max(self.tail, full_at - burst) + pace
        return self.tail - pace - now


@dataclass
class Domains:
    """What each domain got lately. `monotonic`: seconds."""

    limits: Limits
    monotonic: Callable[[], float] = time.monotonic
    _known: dict[str, _Domain] = field(default_factory=dict)

    def turn(self, domain: str) -> asyncio.Semaphore:
        """Hold it while a mail to the domain goes."""
        return self._of(domain).turn

    def wait(self, domain: str) -> float:
        """Seconds for which a mail to the domain must be put off; 0.0: it may go, and is counted."""
        return self._of(domain).wait(self.monotonic())

    def _of(self, domain: str) -> _Domain:
        if domain not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._forget()
            limit = self.limits.of(domain)
            self._known[domain] = _Domain(limit, asyncio.Semaphore(limit.at_once))
        return self._known[domain]

    def _forget(self) -> None:
        """Those who got nothing lately, and have nothing to wait for."""
        now = self.monotonic()
        self._known = {
            name: domain
            for name, domain in self._known.items()
            if max(domain.full_at, domain.tail) > now or domain.turn.locked()
        }
