"""`gcm up` as a process, with real children: what dies comes back, what stops does so in order, nothing is left."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.supervisor import Pauses
from tests.local.running import Running, eventually
from tests.local.standins import TIERS

IN_ORDER = ["top told", "middle told", "ground told"]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "stack").wait_until_up()
    yield running
    if running.process.poll() is None:
        running.stop()


def _stops(running: Running) -> list[str]:
    return [line for line in running.journal() if line.endswith("told")]


def _gcm(running: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "cli.main", *arguments],
        env={**os.environ, "GCM_LOCAL_DIR": str(running.folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(up: Running, number: signal.Signals) -> None:
    children = [up.child(name) for name in TIERS]
    up.process.send_signal(number)
    assert up.ended() == 0
    assert _stops(up) == IN_ORDER
    assert up.stack()["status"] == "stopped"
    assert not any(child.alive() for child in children)


def test_down_stops_it_from_elsewhere(up: Running) -> None:
    done = _gcm(up, "down")
    assert done.returncode == 0
    assert done.stdout.startswith("Stopped in")
    assert up.ended() == 0
    assert _stops(up) == IN_ORDER
    assert _gcm(up, "down").stdout == "No stack runs here.\n"


def test_what_dies_is_started_again_and_said(up: Running) -> None:
    died = up.child("middle")
    died.signal(signal.SIGKILL)
    eventually(lambda: up.child("middle") != died and up.child("middle").alive(), up.said)
    assert "middle ended (killed by SIGKILL): started again in 0.2 s." in up.said()
    assert up.child("ground").alive()


def test_what_does_not_stop_is_killed_after_its_deadline(tmp_path: Path) -> None:
    up = Running(tmp_path / "stack", STUBBORN="middle").wait_until_up()
    stubborn = up.child("middle")
    assert up.stop() == 0
    assert _stops(up) == IN_ORDER
    assert not stubborn.alive()


def test_after_a_kill_the_next_start_ends_what_was_left(up: Running) -> None:
    left = [up.child(name) for name in TIERS]
    up.process.kill()
    killed = up.process.pid
    up.ended()
    assert all(child.alive() for child in left)
    again = Running(up.folder).wait_until_up(after=killed)
    assert not any(child.alive() for child in left)
    assert "Ended what an earlier start had left: ground, middle, top." in again.said()
    assert again.child("top").alive()
    assert again.stop() == 0


def test_down_ends_what_a_killed_one_has_left(up: Running) -> None:
    left = [up.child(name) for name in TIERS]
    up.process.kill()
    up.ended()
    assert "ended what was left" in _gcm(up, "down").stdout
    assert not any(child.alive() for child in left)


def test_when_the_make_that_started_it_is_killed_it_stops_by_itself(tmp_path: Path) -> None:
    shell = '"$@"; exit $?'  # stays as the parent, as make does
    up = Running(tmp_path / "stack", "sh", "-c", shell, "make", MAKELEVEL="1").wait_until_up()
    up.process.kill()
    up.ended()
    again = Running(up.folder).wait_until_up(after=up.stack()["supervisor"]["pid"])
    assert _stops(up) == IN_ORDER
    assert again.stop() == 0


def test_a_second_start_is_refused_in_a_sentence(up: Running) -> None:
    second = Running(up.folder)
    assert second.ended() == 1
    last = second.said().splitlines()[-1]
    assert last.startswith(f"A stack runs here already (pid {up.process.pid}, ")
    assert last.endswith("stop it with `make down` first.")
    assert up.child("top").alive()


def test_its_file_is_for_the_owners_eyes_only(up: Running) -> None:
    for name in ("stack.json", "secrets.json"):
        assert stat.S_IMODE((up.folder / name).stat().st_mode) == 0o600
    assert {one["name"] for one in up.stack()["processes"]} == set(TIERS)
    assert up.stack()["addresses"]["pledges"].startswith("http://127.0.0.1:")


def test_a_token_needs_a_running_stack(up: Running) -> None:
    up.stop()
    refused = _gcm(up, "token", "amina")
    assert (refused.returncode, refused.stderr) == (1, "No local stack runs here: start one with `make up`.\n")


def test_a_process_that_keeps_ending_is_started_ever_later() -> None:
    pauses = Pauses()
    assert [pauses.after(lived=1) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]
    assert pauses.after(lived=31) == 0.2
