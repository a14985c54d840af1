"""What the sender's own work costs: its processor time a mail, beside that of a loop that does nothing but mail."""

import asyncio
import socket
import time
from contextlib import AbstractContextManager
from pathlib import Path

import asyncpg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deploy.local.child import Child
from deploy.local.ports import choose
from tests.bench.figures import Figure, at_most, median, table
from tests.bench.quiet import cpu, wait_until_quiet
from tests.bench.stand import Bare, durable_parts, migrated, process
from tests.support.deliveries import queue
from tests.support.parts import LocalParts

MAILS, WARM, ROUNDS = 500, 100, 3
GOAL = 2.0


def run() -> list[Figure]:
    with durable_parts() as parts:
        urls, [http, smtp] = migrated(parts, "notifications"), choose(2)
        key = _key(parts.folder)
        around = (parts, "surroundings", "tests.bench.notifications.surroundings", str(http), str(smtp))
        bare = Bare.running("tests.bench.notifications.bare_loop", str(smtp), str(key))
        with process(*around) as surroundings, _sender(parts, urls.app_url, http, smtp, key) as sender:
            surroundings.wait_until(lambda: _listens(smtp), within=30, every=0.1)
            with bare as loop:
                loop.ask(str(WARM))
                asyncio.run(_sent(urls.owner_url, WARM))
                rounds = [(_of_sender(sender, urls.owner_url), _of_loop(loop)) for _ in range(ROUNDS)]
    return _figures([of_sender for of_sender, _ in rounds], [of_loop for _, of_loop in rounds])


def _figures(of_sender: list[float], of_loop: list[float]) -> list[Figure]:
    rows = [("the sender", *_milliseconds(of_sender)), ("the bare loop", *_milliseconds(of_loop))]
    table(f"Sending: processor time a mail, {ROUNDS} times {MAILS:,} mails", ("", "ms, median", "least", "most"), rows)
    ratio = median([sender / loop for sender, loop in zip(of_sender, of_loop, strict=True)])
    return [at_most("sending: the sender's processor time a mail, times the bare loop's", GOAL, ratio)]


def _milliseconds(seconds: list[float]) -> tuple[float, float, float]:
    each = [1000 * one / MAILS for one in seconds]
    return median(each), min(each), max(each)


def _sender(parts: LocalParts, database: str, http: int, smtp: int, key: Path) -> AbstractContextManager[Child]:
    limits = parts.folder / "limits.yaml"
    limits.write_text("default: {at_once: 100, per_minute: 10000000}\n")
    return process(
        parts,
        "sender",
        *("services.notifications", "sender"),
        GCM_DATABASE_URL=database,
        GCM_OIDC_ISSUER=f"http://127.0.0.1:{http}",
        GCM_PLEDGES_URL=f"http://127.0.0.1:{http}",
        GCM_SMTP_PORT=str(smtp),
        GCM_MAIL_LIMITS_FILE=str(limits),
        GCM_DKIM_DOMAIN="demo.invalid",
        GCM_DKIM_KEY_FILE=str(key),
        GCM_PUBLIC_URL="https://pledges.example",
    )


def _key(folder: Path) -> Path:
    """RSA, 2048 bits, as mail hosts advise."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    file = folder / "dkim.pem"
    file.write_bytes(made.private_bytes(serialization.Encoding.PEM, form, plain))
    return file


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _of_sender(sender: Child, owner_url: str) -> float:
    """Seconds for so many mails, from the first claim to the last settlement."""
    wait_until_quiet()
    begun = cpu(sender.pid)
    asyncio.run(_sent(owner_url, MAILS))
    return cpu(sender.pid) - begun


def _of_loop(loop: Bare) -> float:
    wait_until_quiet()
    return float(loop.ask(str(MAILS)))


async def _sent(owner_url: str, mails: int) -> None:
    """Queued, and sent by whoever sends."""
    await queue(owner_url, mails)
    connection = await asyncpg.connect(owner_url)
    end = time.monotonic() + 300
    while await connection.fetchval("select count(*) from delivery where state <> 'sent'"):
        if time.monotonic() > end:
            raise TimeoutError("the sender does not come to an end")
        await asyncio.sleep(0.1)  # another process, which rings no bell
    await connection.close()
