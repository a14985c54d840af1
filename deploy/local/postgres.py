"""PostgreSQL as our own child process on 127.0.0.1, from the binaries that Maven Central has of it."""

import io
import lzma
import platform
import signal
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.artifacts import fetch, pinned
from deploy.local.child import Child, Command, OneChild, environment
from deploy.local.files import Account, cache_folder, erase, give, locked, reachable, unprivileged
from deploy.local.watcher import Watcher
from shared.refusal import Refused

SUPERUSER = "postgres"
STILL_HELD = "pre-existing shared memory block"  # PostgreSQL's words; locale is C
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
FAST_AND_LOOSE = {"fsync": "off", "full_page_writes": "off"}  # for tests: survives kill -9, not a power cut


def _platform() -> str:
    system = {"Linux": "linux", "Darwin": "darwin"}.get(platform.system())
    machine = {"x86_64": "amd64", "aarch64": "arm64v8", "arm64": "arm64v8"}.get(platform.machine())
    if not system or not machine:
        raise Refused(f"There is no PostgreSQL for {platform.system()} on {platform.machine()}: use docker compose.")
    return f"{system}-{machine}"


def install(watcher: Watcher) -> Path:
    """The folder of the programs, fetched and unpacked on first use where the user who runs them can reach it."""
    artifact = f"embedded-postgres-binaries-{_platform()}"
    [ours] = [file for file in pinned("postgres") if file.path.parts[-3] == artifact]
    folder = reachable(cache_folder(), unprivileged(), watcher) / f"postgres-{ours.path.parts[-2]}"
    if not folder.exists():
        [jar] = fetch("postgres", watcher, lambda file: file == ours)
        with locked(cache_folder() / "postgres-unpack.lock"):
            if not folder.exists():
                _unpack(jar, folder)
    return folder / "bin"


def _unpack(jar: Path, folder: Path) -> None:
    half = folder.with_name(f"{folder.name}.half")
    erase(half)
    with zipfile.ZipFile(jar) as archive:
        [inner] = [name for name in archive.namelist() if name.endswith(".txz")]
        with tarfile.open(fileobj=io.BytesIO(lzma.decompress(archive.read(inner)))) as files:
            files.extraction_filter = getattr(tarfile, "tar_filter", None)  # since 3.11.4, and asked for since 3.12
            files.extractall(half)  # noqa: S202 - of an archive whose sum is pinned
    half.chmod(0o755)
    half.rename(folder)


@dataclass
class Postgres(OneChild):
    """One cluster: its data folder, made on first start, and the server process. `data`'s parent must be reachable."""

    programs: Path
    data: Path
    port: int
    password: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgresql://{role}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def start(self, within: float = 60) -> None:
        """Returns when it accepts connections; recovers by itself after a kill."""
        account = unprivileged()
        if not (self.data / "PG_VERSION").exists():
            self._initialize(account)
        settings = {**SETTINGS, **self.settings, "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = Command(
            "postgres",
            (str(self.programs / "postgres"), "-D", str(self.data), *options),
            self.log,
            self.environment,
            account,
            stop_signal=signal.SIGINT,  # fast: ends sessions, loses nothing
        )
        end = time.monotonic() + within
        while not self._started(Child(command), end):
            time.sleep(0.1)

    def _started(self, child: Child, end: float) -> bool:
        """False while sessions of a server that was killed are still ending: they hold its memory a moment longer."""
        self.child = child
        try:
            child.wait_until(self.ready, end - time.monotonic())
        except Refused:
            if STILL_HELD not in child.said() or time.monotonic() > end:
                raise
            return False
        return True

    def _initialize(self, account: Account | None) -> None:
        erase(self.data)  # what a first start that was cut off has left
        half = self.data.with_name(f"{self.data.name}.half")
        erase(half)
        half.mkdir(mode=0o700)
        give(half, account)
        secret = self.data.with_name(f"{self.data.name}.pw")
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        give(secret, account)
        try:
            self._initdb(half, secret, account)
        finally:
            secret.unlink()
        half.rename(self.data)

    def _initdb(self, folder: Path, secret: Path, account: Account | None) -> None:
        sync = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        done = subprocess.run(  # noqa: S603 - our own program
            [
                *(self.programs / "initdb", "-D", folder, "-U", SUPERUSER, "-A", "scram-sha-256"),
                *(f"--pwfile={secret}", "--no-instructions", *locale, *sync),
            ],
            cwd="/",
            env=environment(self.environment),
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.log.write_text(done.stdout + done.stderr)
            full = "No space left" in done.stderr
            raise Refused("The disk is full: free some space." if full else f"initdb failed: see {self.log}.")

    def ready(self) -> bool:
        """Compares the process: the file of a server that was killed may still say “ready”."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return self.child is not None and int(lines[0]) == self.child.pid and lines[7].strip() == "ready"
        except (FileNotFoundError, IndexError, ValueError):
            return False
