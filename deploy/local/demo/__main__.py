"""`python -m deploy.local.demo FOLDER`: the demonstration where `gcm up` is not: in containers.

Writes the people where Keycloak imports them from, then loads the pledges by the public interface; may be repeated.
GCM_PLEDGES_URL, GCM_KEYCLOAK_URL and GCM_DEMO_PASSWORD say where and as whom.
"""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.demo.load import load
from deploy.local.personas import write_realm_users
from deploy.local.tokens import token
from shared.refusal import Refused


async def main(folder: Path) -> None:
    keycloak, password = urlsplit(os.environ["GCM_KEYCLOAK_URL"]), os.environ["GCM_DEMO_PASSWORD"]
    if not password:  # Keycloak would take the placeholder's text for it
        raise Refused("GCM_DEMO_PASSWORD is empty.")
    write_realm_users(folder / "gcm-users-0.json")

    async def signed_in(persona: str) -> str:
        return await asyncio.to_thread(token, keycloak.port or 80, persona, password, keycloak.hostname or "127.0.0.1")

    report = await load(os.environ["GCM_PLEDGES_URL"], signed_in)
    sys.stdout.write(f"{report.entities} entities, {report.people} people, {report.statements} statements are there.\n")
    sys.stdout.writelines(f"{what} was refused: {why}\n" for what, why in report.refused.items())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
