"""The request of the write path: a pledge of 3 KB, submitted at once by somebody with a membership."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from deploy.local.child import Child
from services.pledges.registry.content import EXAMPLE
from tests.bench import stand
from tests.support import tokens
from tests.support.parts import LocalParts, Urls

ENTITY, PERSON = "DEU", "measured"
SIZE = 3000  # bytes
_WORDS = [
    "migrants",
    "States",
    "return",
    "dignity",
    "regular",
    "pathways",
    "documents",
    "consular",
    "posts",
    "training",
    "skills",
    "recognition",
    "data",
    "local",
    "authorities",
    "border",
    "cooperation",
    "information",
    "rights",
    "children",
    "health",
    "work",
    "remittances",
    "diaspora",
    "partners",
    "review",
]


def words(length: int, seed: int = 1) -> str:
    """Text of so many characters that compresses about as prose does."""
    chance = random.Random(seed)  # noqa: S311 - the same text in each run
    text = ""
    while len(text) < length:
        text += chance.choice(_WORDS) + chance.choice((" ", " ", " ", ", ", f" {chance.randrange(1000)} "))
    return text[: length - 1] + "."


def body() -> str:
    """JSON of SIZE bytes, or a byte less."""
    bare = {"entity_id": ENTITY, **EXAMPLE, "submit": True, "description": ""}
    return json.dumps(bare | {"description": words(SIZE - len(json.dumps(bare).encode()))})


def headers() -> dict[str, str]:
    """Signed in for as long as a measurement may take."""
    token = tokens.token(PERSON, exp=int(time.time()) + 3600)
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def interface(parts: LocalParts, urls: Urls, keys: str, port: int) -> Iterator[Child]:
    """The pledges service's interface as a process, ready to take the request."""
    environment = {"GCM_DATABASE_URL": urls.app_url, "GCM_OIDC_JWKS_URL": keys, "GCM_HTTP_PORT": str(port)}
    with stand.process(parts, "api", "services.pledges", "api", **environment) as child:
        stand.wait_for(child, port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _give_membership(client)
        yield child


def _give_membership(client: httpx.Client) -> None:
    """An administrator lets the person act for the entity."""
    answer = client.post(
        f"/entities/{ENTITY}/memberships",
        json={"person_id": PERSON, "role": "focal_point"},
        headers={**tokens.bearer("admin", "admin"), "Idempotency-Key": "membership"},
    )
    answer.raise_for_status()
