"""`gcm` as people run it: a process."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

AS_GCM = """
import sys
sys.argv[0] = "gcm"
from cli.main import main
main()
"""

ROOT = Path(__file__).parents[2]
Ended = subprocess.CompletedProcess[str]


def gcm(
    *words: str,
    code: str = AS_GCM,
    file_size: int | None = None,
    says: str = "",
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Knows no stack and no login unless `environment` says so; may write files of `file_size` bytes at most."""
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c", code, *words],
        env=_environment(environment),
        cwd=ROOT,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))) if file_size else None,
        input=says,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def gcm_on_terminal(*words: str, environment: Mapping[str, str], piped: bool = False) -> Ended:
    """With both outputs on a terminal, whose transcript is `stderr`; `piped`: standard output goes to a pipe."""
    terminal, ours = os.openpty()
    with ExitStack() as stack:
        stack.callback(os.close, terminal)
        process = stack.enter_context(
            subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-c", AS_GCM, *words],
                env=_environment(environment) | {"TERM": "xterm-256color"},
                cwd=ROOT,
                stdin=ours,
                stdout=subprocess.PIPE if piped else ours,
                stderr=ours,
            )
        )
        os.close(ours)
        transcript = _read(terminal)  # what is piped is short, and waits in the pipe
        said = process.stdout.read() if process.stdout else b""
    return subprocess.CompletedProcess(words, process.returncode, said.decode(), transcript.decode())


def _read(terminal: int) -> bytes:
    """All that was written, until nobody has the other side open."""
    found = b""
    try:
        while part := os.read(terminal, 65_536):
            found += part
    except OSError:  # so Linux says it
        pass
    return found


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GCM_", "XDG_"))}
    nowhere = {"GCM_LOCAL_DIR": "/nonexistent", "GCM_STATE_DIR": "/nonexistent", "COLUMNS": "200"}
    return {**kept, **nowhere, **(more or {})}
