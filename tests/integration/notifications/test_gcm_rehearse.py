"""`gcm rehearse` as staff run it: the calendar, each mail, its words, and what a change would do."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from cli.signin.logins import Login, Logins
from tests.integration.notifications.support import Post
from tests.support.api import served
from tests.support.gcm import Ended, gcm
from tests.support.tokens import bearer


@dataclass(frozen=True)
class Terminal:
    environment: dict[str, str]

    async def run(self, *words: str) -> Ended:
        return await asyncio.to_thread(gcm, "rehearse", *words, environment=self.environment)


@pytest.fixture
async def terminal(post: Post, tmp_path: Path) -> AsyncIterator[Terminal]:
    await post.knows(uuid7(), title="Schools")
    await post.knows_milestone()
    stop = asyncio.Event()
    rehearsing = asyncio.create_task(post.worker.rehearser().run(stop))
    async with served(post.service) as address:
        own = bearer("nora", "network_staff")["Authorization"].removeprefix("Bearer ")
        login = Login("https://id.example", {"pledges": address, "notifications": address}, own, 4e9, "none", "")
        with Logins(tmp_path / "profiles" / "desk").change(login.issuer) as (_, save):
            save(login)
        yield Terminal({"GCM_STATE_DIR": str(tmp_path), "GCM_PROFILE": "desk"})
        stop.set()
        await rehearsing


async def test_a_month_as_a_table(terminal: Terminal) -> None:
    ended = await terminal.run("2024-09")
    assert ended.returncode == 0, ended.stderr
    assert "2024-09-06" in ended.stdout
    assert "Amina" in ended.stdout
    assert "plenary-2024 -90" in ended.stdout
    assert "Nothing was sent." in ended.stderr


async def test_a_change_and_the_words_as_json(terminal: Terminal) -> None:
    ended = await terminal.run("2024-09", "--move", "plenary-2024=2024-12-12", "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert {one["kind"] for one in found["differences"]} == {"only_as_is", "only_changed"}
    assert [len(one["says"]) for one in found["mails"]] == [6, 6]
    read = await terminal.run("2024-09", "--read", "1")
    assert "Schools" in read.stdout


async def test_what_cannot_be_rehearsed_is_said_in_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    for words in (("next",), ("2024-09", "--move", "plenary-2024")):
        ended = await terminal.run(*words)
        assert ended.returncode != 0
        assert "Traceback" not in ended.stderr
    policy = tmp_path / "policy.yaml"
    policy.write_text("offsets: [-30]\nlate_hous: 1\n")
    ended = await terminal.run("2024-09", "--policy", str(policy))
    assert "line 2" in ended.stderr
