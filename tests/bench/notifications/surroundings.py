"""What a sender talks to: `python -m tests.bench.notifications.surroundings HTTP_PORT SMTP_PORT`.

A pledges service that knows everybody, an identity provider that gives everybody a token, and a relay that takes every
mail and keeps none. Their processor time is their own.
"""

import asyncio
import json
import sys
from typing import Any

import uvicorn
import uvloop

from shared.process import serve
from tests.support.relays import Relay

TOKEN = {"access_token": "t", "expires_in": 3600}


class Sink(Relay):
    """Discards."""

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline() != b".\r\n":
            pass
        await self._say(writer, "250 OK")


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body = (await receive())["body"]
    answer = json.dumps(TOKEN if scope["path"].endswith("/token") else contact(json.loads(body)["person_id"])).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def contact(person: str) -> dict[str, Any]:
    """As the pledges service tells it."""
    return {
        "reachable": True,
        "address": f"{person}@demo.invalid",
        "name": "Amina Diallo",
        "language": "en",
        "time_zone": "UTC",
        "entity_name": "Veridia",
        "pledge_title": "Identity documents at every consulate",
        "pledge_entity": "Veridia",
    }


async def main(http: int, smtp: int) -> None:
    config = uvicorn.Config(app, host="127.0.0.1", port=http, log_config=None, lifespan="off")
    async with Sink(port=smtp).running():
        await serve(config, asyncio.Event())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
