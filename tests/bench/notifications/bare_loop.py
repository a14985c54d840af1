"""The bare loop: `python -m tests.bench.notifications.bare_loop SMTP_PORT KEY_FILE`.

For each line that it reads, a number, it renders, signs and sends so many mails, one after the other over one
connection: the sender's libraries and its very mail, without a ledger, without asking whose address it is, without
limits. It answers with the seconds of processor time that they took.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import uvloop
from aiosmtplib import SMTP
from uuid_utils.compat import uuid7

from services.notifications.deliveries.letters import of_step
from services.notifications.deliveries.mailer import message
from services.notifications.deliveries.signing import Signer
from services.notifications.recipients import Contact
from shared.process import freeze
from tests.bench.notifications.surroundings import contact
from tests.support.deliveries import TEMPLATE, person

DOMAIN, PORTAL = "demo.invalid", "https://pledges.example"
FROM = f"GCM pledges <no-reply@{DOMAIN}>"


async def main(smtp: int, key: bytes) -> None:
    signer = Signer(DOMAIN, "gcm", key)
    client = SMTP(hostname="127.0.0.1", port=smtp, local_hostname=DOMAIN, start_tls=False)
    await client.connect()
    freeze()
    while asked := (await asyncio.to_thread(sys.stdin.readline)).strip():
        begun = time.process_time()
        for number in range(int(asked)):
            await _send(client, signer, number, uuid7())
        sys.stdout.write(f"{time.process_time() - begun}\n")
        sys.stdout.flush()
    await client.quit()


async def _send(client: SMTP, signer: Signer, number: int, id_: UUID) -> None:
    told = contact(person(number))
    leaving, choosing = f"{PORTAL}/unsubscribe/{'x' * 184}", f"{PORTAL}/preferences/{'x' * 162}"
    named = (told["address"], told["name"], "en", told["entity_name"], told["pledge_title"], told["pledge_entity"])
    to = Contact(*named, unsubscribe_url=leaving, preferences_url=choosing)
    letter = of_step(TEMPLATE, to, id_, {"entity_id": "veridia"}, PORTAL)
    headers = {
        "List-Id": f"<pledges.{DOMAIN}>",
        "List-Unsubscribe": f"<{leaving}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "In-Reply-To": f"<pledge-{id_}@{DOMAIN}>",
        "References": f"<pledge-{id_}@{DOMAIN}>",
    }
    made = message(letter, sender=FROM, message_id=f"<{id_}@{DOMAIN}>", now=datetime.now(UTC), headers=headers)
    await client.mail(f"bounces@{DOMAIN}")
    await client.rcpt(to.address)
    await client.data(signer.sign(made.as_bytes()))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
