"""`gcm` as people run it: a process."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

AS_GCM = """
import sys
sys.argv[0] = "gcm"
from cli.main import main
main()
"""

Ended = subprocess.CompletedProcess[str]


def gcm(
    *words: str,
    code: str = AS_GCM,
    file_size: int | None = None,
    says: str = "",
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Knows no stack and no login unless `environment` says so; may write files of `file_size` bytes at most."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GCM_", "XDG_"))}
    nowhere = {"GCM_LOCAL_DIR": "/nonexistent", "GCM_STATE_DIR": "/nonexistent", "COLUMNS": "200"}
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c", code, *words],
        env={**kept, **nowhere, **(environment or {})},
        cwd=Path(__file__).parents[2],
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))) if file_size else None,
        input=says,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
