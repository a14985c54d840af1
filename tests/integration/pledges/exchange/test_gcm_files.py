"""`gcm import` and `gcm export` as people run them: for whom, and what is seen on a terminal and beside it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.signin.logins import Login, Logins
from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.exchange.conftest import Exchange, table
from tests.support.api import served
from tests.support.entities import STAFF, give
from tests.support.gcm import Ended, gcm, gcm_on_terminal
from tests.support.tokens import token

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # but for tabs and line feeds
BAR = re.compile(r"Sending.*?\d+/\d+", re.DOTALL)
TITLES = [f"Pledge {number}" for number in range(3)]


@dataclass(frozen=True)
class Terminal:
    """Amina's, who writes for two States and mostly for Veridia, as the login of her profile says."""

    environment: dict[str, str]
    folder: Path

    async def run(self, *words: str, **more: str) -> Ended:
        return await asyncio.to_thread(gcm, *words, environment=self.environment | more)

    async def look(self, *words: str, piped: bool = False) -> Ended:
        return await asyncio.to_thread(gcm_on_terminal, *words, environment=self.environment, piped=piped)

    def sheet(self, name: str = "pledges.csv") -> str:
        file = self.folder / name
        file.write_text(table([{"title": title} for title in TITLES]))
        return str(file)


@pytest.fixture
async def terminal(exchange: Exchange, tmp_path: Path) -> AsyncIterator[Terminal]:
    await give(exchange.service, "amina", entity_id="kalmora")
    stop = asyncio.Event()
    importing = asyncio.create_task(exchange.importer.run(stop))
    async with served(exchange.service) as address:
        login = Login("https://id.example", {"pledges": address}, token("amina"), 4e9, "local-none", "veridia")
        with Logins(tmp_path / "profiles" / "trial").change(login.issuer) as (_, save):
            save(login)
        yield Terminal({"GCM_STATE_DIR": str(tmp_path), "GCM_PROFILE": "trial"}, tmp_path)
        stop.set()
        await importing


async def publish(exchange: Exchange) -> None:
    """A pledge of each State."""
    for entity in ("veridia", "kalmora"):
        said = EXAMPLE | {"entity_id": entity, "title": f"Of {entity}", "sources": [{"title": "A statement"}]}
        made = await exchange.post("/statements", said, STAFF)
        assert made.status_code == 201, made.text


async def test_an_import_is_for_the_logins_entity_unless_another_is_named(
    exchange: Exchange, terminal: Terminal
) -> None:
    usual = await terminal.run("import", terminal.sheet())
    assert (usual.returncode, usual.stderr) == (0, "For veridia, as your login says.\n")
    other = await terminal.run("import", terminal.sheet("others.csv"), "--entity", "kalmora")
    assert (other.returncode, other.stderr) == (0, "")
    made = [(one["entity_id"], one["title"]) for one in await exchange.contents()]
    assert made == [(entity, title) for entity in ("veridia", "kalmora") for title in TITLES]


async def test_an_import_of_statements_is_for_no_entity_by_itself(exchange: Exchange, terminal: Terminal) -> None:
    refused = await terminal.run("import", terminal.sheet(), "--statements")
    assert (refused.returncode, "login" in refused.stderr) == (1, False), refused.stderr
    assert await exchange.count("import_job") == 0


async def test_an_export_is_of_the_logins_entity_unless_another_or_all_are_named(
    exchange: Exchange, terminal: Terminal
) -> None:
    await publish(exchange)
    file = terminal.folder / "public.json"

    async def exported(*words: str) -> tuple[list[str], str]:
        done = await terminal.run("export", str(file), *words)
        assert done.returncode == 0, done.stderr
        return sorted(re.findall(r"Of (\w+)", file.read_text())), done.stderr

    said = "Of veridia alone, as your login says; --all takes those of all entities.\n"
    assert await exported() == (["veridia"], said)
    assert await exported("--entity", "kalmora") == (["kalmora"], "")
    assert await exported("--all") == (["kalmora", "veridia"], "")
    clash = await terminal.run("export", str(file), "--all", "--entity", "kalmora")
    assert (clash.returncode, "contradict" in clash.stderr) == (1, True)


async def test_working_copies_are_those_of_the_logins_entity_unless_another_is_named(
    exchange: Exchange, terminal: Terminal
) -> None:
    for entity in ("veridia", "kalmora"):
        await exchange.post("/pledges", {"entity_id": entity, "title": f"Draft of {entity}"})
    file = terminal.folder / "drafts.csv"
    usual = await terminal.run("export", str(file), "--working-copies")
    assert (usual.returncode, usual.stderr) == (0, "Of veridia alone, as your login says.\n")
    assert re.findall(r"Draft of (\w+)", file.read_text()) == ["veridia"]
    other = await terminal.run("export", str(file), "--working-copies", "--entity", "kalmora", "--json")
    assert (json.loads(other.stdout)["entity_id"], other.stderr) == ("kalmora", "")
    assert re.findall(r"Draft of (\w+)", file.read_text()) == ["kalmora"]


async def test_a_terminal_shows_how_far_it_is_and_a_pipe_gets_the_result_alone(terminal: Terminal) -> None:
    seen = await terminal.look("import", terminal.sheet(), piped=True)
    assert seen.returncode == 0, seen.stderr
    assert BAR.search(seen.stderr), seen.stderr
    assert "Checking" in seen.stderr
    assert "Importing" in seen.stderr
    assert seen.stdout == "No row has a fault.\n3 rows: 0 good, 0 bad, 0 known, 3 made.\n"


async def test_where_nothing_is_a_terminal_there_is_no_control_code(terminal: Terminal) -> None:
    for more in ({}, {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "CI": "true", "GITHUB_ACTIONS": "true"}):
        plain = await terminal.run("import", terminal.sheet(f"{len(more)}.csv"), **more)
        assert plain.returncode == 0, plain.stderr
        assert not CONTROL.search(plain.stdout + plain.stderr)
        assert plain.stderr == "For veridia, as your login says.\n"


async def test_with_json_there_is_json_alone_on_a_terminal_too(terminal: Terminal) -> None:
    (terminal.folder / "bad.csv").write_text(table([{"title": ""}]))
    for words in (
        ("import", terminal.sheet()),
        ("import", str(terminal.folder / "bad.csv")),
        ("export", str(terminal.folder / "all.csv")),
    ):
        seen = await terminal.look(*words, "--json")
        assert not CONTROL.search(seen.stderr.replace("\r\n", "\n")), seen.stderr
        assert isinstance(json.loads(seen.stderr), dict)
        plain = await terminal.run(*words, "--json")
        assert (plain.stderr, isinstance(json.loads(plain.stdout), dict)) == ("", True)
