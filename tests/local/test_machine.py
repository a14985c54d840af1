"""What a machine can have against a start: each is one sentence and an exit status, before anything is started."""

import errno
import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from deploy.local import artifacts, files
from deploy.local.artifacts import Pinned, fetch
from deploy.local.state import State
from deploy.local.watcher import Watcher
from shared.refusal import Refused, explained
from tests.local.running import Running

JAR = "org/example/thing/1.0/thing-1.0-linux.jar"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a part `thing` of one file that contains b"right"."""
    sums = tmp_path / "sums"
    sums.mkdir()
    (sums / "thing.sha256").write_text(f"{hashlib.sha256(b'right').hexdigest()}  {JAR}\n")
    monkeypatch.setattr(artifacts, "SUMS", sums)
    monkeypatch.setenv("GCM_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _put(cache: Path, content: bytes) -> Path:
    file = cache / "repository" / JAR
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file


def test_a_file_that_is_there_and_right_is_taken(cache: Path) -> None:
    file = _put(cache, b"right")
    assert fetch("thing", Watcher()) == [file]


def test_a_damaged_file_is_named_and_deleted(cache: Path) -> None:
    file = _put(cache, b"wrong")
    with pytest.raises(Refused) as refused:
        fetch("thing", Watcher())
    assert str(refused.value).startswith(f"{file} is damaged")
    assert not file.exists()


def test_no_network_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(Refused, match=r"thing-1\.0-linux\.jar could not be fetched .* check the network"):
            fetch("thing", Watcher())
    assert not (cache / "repository" / JAR).exists()


def test_a_pinned_file_names_its_artifact() -> None:
    pinned = Pinned(PurePosixPath(JAR), "")
    assert pinned.coordinates == ("org.example", "thing", "1.0", "linux", "jar")


def test_every_file_of_every_part_is_pinned() -> None:
    assert [len(artifacts.pinned(part)) for part in ("kafka", "keycloak", "postgres")] == [46, 1, 4]


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = Running(tmp_path / "stack", GCM_PORT_PLEDGES_API=str(port))
        assert refused.ended() == 1
    assert refused.said().splitlines()[-1].startswith(f"Port {port} (pledges-api) is in use")
    assert refused.said().endswith("or choose another port with GCM_PORT_PLEDGES_API=NUMBER.\n")
    assert not refused.journal()


def test_ports_are_kept_and_may_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, names = State(tmp_path), ["kafka", "pledges-api"]
    first = state.ports(names)
    state.keep_ports(first)
    assert state.ports(names) == first
    monkeypatch.setenv("GCM_PORT_PLEDGES_API", "20001")
    assert state.ports(names) == {**first, "pledges-api": 20001}


def test_a_port_that_is_kept_for_another_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, names = State(tmp_path), ["kafka", "pledges-api"]
    first = state.ports(names)
    state.keep_ports(first)
    monkeypatch.setenv("GCM_PORT_PLEDGES_API", str(first["kafka"]))
    chosen = state.ports(names)
    assert chosen["pledges-api"] == first["kafka"]
    assert chosen["kafka"] not in first.values()


@pytest.mark.parametrize(
    "value", ["eight", "80", "0", "-1", "65536", "9" * 20, "008001", "8001.5", "８００１", "8_001"]
)
def test_what_is_no_port_is_refused_with_the_range(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("GCM_PORT_PLEDGES_API", value)
    with pytest.raises(Refused, match=r"GCM_PORT_PLEDGES_API is “.*”: write a number from 1024 to 65535"):
        State(tmp_path).ports(["kafka", "pledges-api"])


def test_the_same_port_for_two_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA", "PLEDGES_API"):
        monkeypatch.setenv(f"GCM_PORT_{name}", "20001")
    with pytest.raises(Refused, match="GCM_PORT_KAFKA and GCM_PORT_PLEDGES_API are both 20001"):
        State(tmp_path).ports(["kafka", "pledges-api"])


def test_a_start_over_that_is_refused_erases_nothing_and_remembers_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    assert Running(folder).wait_until_up().stop() == 0
    before = _contents(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for wrong in ({"GCM_PORT_KAFKA": port}, {"GCM_PORT_KAFKA": "none"}, {"GCM_CLOCK": "yesterday"}):
            refused = Running(folder, fresh=True, **wrong)
            assert refused.ended() == 1, refused.said()
            assert _contents(folder) == before
    again = Running(folder, fresh=True)
    again.wait_until_up(after=0)
    assert again.stop() == 0
    after = _contents(folder)
    assert after["ports.json"] == before["ports.json"]
    assert after["secrets.json"] != before["secrets.json"]


def _contents(folder: Path) -> dict[str, bytes]:
    """What a start over erases, and the ports."""
    return {name: (folder / name).read_bytes() for name in ("ports.json", "secrets.json", "clock.json", "journal")}


def test_starting_over_keeps_the_ports_and_nothing_else(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.prepare()
    state.keep_ports(state.ports(["kafka"]))
    secrets = state.secrets(["postgres"])
    (tmp_path / "kafka").mkdir()
    state.start_over()
    assert {path.name for path in tmp_path.iterdir()} == {"ports.json", "logs"}
    assert state.secrets(["postgres"]) != secrets


def test_local_secrets_bear_the_mark_that_production_refuses(tmp_path: Path) -> None:
    assert all(secret.startswith("local-") for secret in State(tmp_path).secrets(["postgres", "personas"]).values())


def test_a_damaged_state_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    with pytest.raises(Refused, match=r"ports\.json is damaged"):
        State(tmp_path).ports(["kafka"])


def test_a_full_disk_is_a_sentence() -> None:
    refused = explained(OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    assert str(refused).startswith("The disk is full (writing /data/x): free some space")
    assert explained(ValueError()) is None


def test_too_little_room_is_refused_before_the_start(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="MB left, 100000000 MB are needed"):
        files.room(tmp_path / "not" / "yet" / "there", 100_000_000)


def test_a_folder_that_somebody_else_has_put_there_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "gcm-pledges-trap"
    trap.symlink_to(tmp_path)
    with pytest.raises(Refused, match="was made by somebody else"):
        files.claim(trap)
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(Refused, match="was made by somebody else"):
        files.claim(open_to_all)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_a_closed_home_makes_root_choose_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(files, "ROOM", tmp_path)
    said: list[str] = []
    watcher = Watcher()
    monkeypatch.setattr(watcher, "say", said.append)
    chosen = files.reachable(closed / "clone" / ".local", files.unprivileged(), watcher)
    assert chosen.parent == tmp_path
    assert "is closed to the user" in said[0]
    assert files.reachable(closed / "clone" / ".local", files.unprivileged(), watcher) == chosen
    assert len(said) == 1


def test_the_command_line_is_quick_and_light() -> None:
    """`gcm token` is used in other commands: what is heavy must not be imported by all."""
    heavy = "{'sqlalchemy', 'fastapi', 'aiokafka', 'httpx', 'pydantic', 'alembic', 'jgo'}"
    program = f"import sys, cli.main; sys.exit(', '.join({heavy} & set(sys.modules)) or None)"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
