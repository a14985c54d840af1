"""Every operation of the pledges service, as each role, with data of its schema and outside of it.

As part of all tests, short, as one role and with the same data each time; `make fuzz` runs the whole.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.support.api import Service, once, served
from tests.support.entities import ADMIN, MACHINE, REVIEWER, STAFF, add_entity, give, made, register
from tests.support.files import PDF
from tests.support.tokens import bearer

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("GCM_FUZZ_EXAMPLES")  # for each operation and role; makes the run a whole one
SEED = os.environ.get("GCM_FUZZ_SEED", "20181219")
SHORT = ("--phases", "fuzzing", "--max-examples", "1")
ROLES: dict[str, dict[str, str]] = {
    "anyone": {},
    "member": bearer("amina"),
    "staff": STAFF,
    "administrator": ADMIN,
    "reviewer": REVIEWER,
    "machine": MACHINE,
}


async def _what_is_there(pledges: Service) -> dict[str, str]:
    """Two States and what they have; its ids, as the configuration names them."""
    amina, content = bearer("amina"), EXAMPLE | {"entity_id": "veridia"}
    for entity in ("veridia", "kalmora"):
        await add_entity(pledges, entity_id=entity, names={"en": entity.title()}, aliases=[])
    for person, entity in (("amina", "veridia"), ("vera", "veridia"), ("kofi", "kalmora")):
        await register(pledges, person)
        await give(pledges, person, entity_id=entity)

    async def post(path: str, who: dict[str, str], **body: object) -> dict[str, str]:
        return await made(pledges.client.post(path, json=body, headers=once(who)))

    draft = await post("/pledges", amina, **content)
    public = await post("/pledges", amina, **content, submit=True)
    publishing = once(STAFF) | {"If-Match": '"1"'}
    await made(pledges.client.post(f"/pledges/{public['pledge_id']}/publish", headers=publishing))
    named = once(amina) | {"Content-Disposition": 'attachment; filename="plan.pdf"'}
    file = await made(pledges.client.post(f"/pledges/{draft['pledge_id']}/attachments", content=PDF, headers=named))
    sheet = await post("/imports", amina, name="pledges.csv", size=10, entity_id="veridia")
    return {
        "DRAFT": draft["pledge_id"],
        "PUBLISHED": public["pledge_id"],
        "ATTACHMENT": file["attachment_id"],
        "IMPORT": sheet["import_id"],
        "REVIEW": "plenary-2024",
    }


async def _schemathesis(address: str, settings: dict[str, str]) -> tuple[int, str]:
    """Its exit code, and all that it said."""
    words = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"),
        *(f"{address}/openapi.json", "--url", address, "--wait-for-schema", "20", "--no-color"),
        *(("--max-examples", EXAMPLES) if EXAMPLES else SHORT),
        *("--seed", SEED),
    ]
    environment = os.environ | {f"GCM_FUZZ_{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.timeout(7200)  # seconds: a whole one takes minutes for each role
@pytest.mark.parametrize("role", ROLES if EXAMPLES else ["member"])
async def test_no_answer_is_outside_of_the_schema(pledges: Service, role: str) -> None:
    there = await _what_is_there(pledges)
    await register(pledges, "leaver")
    callers = {
        "AUTHORIZATION": ROLES[role].get("Authorization", ""),
        "LEAVER": bearer("leaver")["Authorization"],
    }
    async with served(pledges) as address:
        code, said = await _schemathesis(address, there | callers)
    print(said)  # noqa: T201 - figures and the seed, for whoever runs this with -s
    assert code == 0, said
