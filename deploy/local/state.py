"""The folder of one local stack (.local): its ports, secrets, data, logs, and stack.json, which says where all is."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy import stack_file
from deploy.local.files import erase
from deploy.local.ports import choose, wanted_ports
from deploy.stack_file import read

MARKER = "GCM_STACK"  # in the environment of every process of a stack: the path of its folder
KEPT_WHEN_FRESH = {"lock", "ports.json", "logs"}


class State:
    """Paths and small files. GCM_LOCAL_DIR names another folder than .local in the clone."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or stack_file.folder()
        self.stack_file = self.folder / "stack.json"
        self.clock_file = self.folder / "clock.json"
        self.logs = self.folder / "logs"

    def prepare(self) -> None:
        """Others may pass through to what they may reach (PostgreSQL's user, when we are root), but not look around."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        self.logs.mkdir(exist_ok=True)
        self.logs.chmod(0o700)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Whether we are now the only `up` of this folder. The lock ends with the process, however that ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def start_over(self) -> None:
        """Erases data, secrets and the clock; the ports stay."""
        for path in self.folder.iterdir():
            if path.name not in KEPT_WHEN_FRESH:
                erase(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def ports(self, names: list[str]) -> dict[str, int]:
        """A port for each name: that of GCM_PORT_<NAME>, otherwise the one of the last start, otherwise a free one.

        They are not remembered before `keep_ports`: a start that is refused leaves no trace. Raises Refused.
        """
        wanted = wanted_ports(names)
        kept = {name: port for name, port in self._kept_ports().items() if port not in wanted.values()}
        known = kept | wanted
        missing = [name for name in names if name not in known]
        known |= dict(zip(missing, _unused(len(missing), set(known.values())), strict=True))
        return {name: known[name] for name in names}

    def keep_ports(self, ports: Mapping[str, int]) -> None:
        """For the next start."""
        write(self.folder / "ports.json", self._kept_ports() | dict(ports))

    def _kept_ports(self) -> dict[str, int]:
        return read(self.folder / "ports.json")

    def secrets(self, names: list[str]) -> dict[str, str]:
        """A secret for each name, made once. Production refuses them by their beginning."""
        known: dict[str, str] = read(self.folder / "secrets.json")
        if missing := [name for name in names if name not in known]:
            from shared.settings import LOCAL_SECRET

            known |= {name: LOCAL_SECRET + secrets.token_urlsafe(24) for name in missing}
            write(self.folder / "secrets.json", known)
        return known

    def stack(self) -> dict[str, Any]:
        """What stack.json says; empty before the first start."""
        return read(self.stack_file)


def _unused(count: int, taken: set[int]) -> list[int]:
    return [port for port in choose(count + len(taken)) if port not in taken][:count]


def write(file: Path, content: object) -> None:
    """For the owner's eyes only; readers never see half a file."""
    draft = file.with_suffix(".draft")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(content, handle, indent=1)
    draft.replace(file)
