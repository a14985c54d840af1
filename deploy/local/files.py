"""Folders of the local stack: where they are, who may reach them, and one user of each at a time."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.watcher import Watcher
from shared.refusal import Refused

ROOM = Path("/var/lib")  # for root only: kept by the system, and nobody else can put a link there


@dataclass(frozen=True)
class Account:
    """An unprivileged user of this machine."""

    name: str
    user: int
    group: int


def unprivileged() -> Account | None:
    """Who runs PostgreSQL, which refuses root; None when we are not root and run it ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise Refused("PostgreSQL may not run as root, and this machine has no user “postgres” or “nobody” to run it as.")


def cache_folder() -> Path:
    """Downloads and what is made of them, shared by all clones of one user (GCM_CACHE_DIR or the XDG cache folder)."""
    if own := os.environ.get("GCM_CACHE_DIR"):
        return Path(own).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "gcm-pledges"


def reachable(wanted: Path, account: Account | None, watcher: Watcher) -> Path:
    """`wanted`, made if needed, or a folder in its place that `account` can reach: root's home is closed."""
    if account is None or _reaches(account, wanted):
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    instead = ROOM / f"gcm-pledges-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]}"
    if not instead.exists():
        watcher.say(f"{wanted} is closed to the user “{account.name}” who runs PostgreSQL: using {instead} instead.")
    claim(instead)
    return instead


def _reaches(account: Account, folder: Path) -> bool:
    while not folder.exists():
        folder = folder.parent
    asked = subprocess.run(  # noqa: S603 - the system itself knows best, with its access lists
        ["/usr/bin/env", "test", "-x", folder],
        user=account.user,
        group=account.group,
        extra_groups=[],
        cwd="/",
        check=False,
        stderr=subprocess.DEVNULL,
    )
    return asked.returncode == 0


def claim(folder: Path) -> None:
    """Makes a folder that only we can write, and refuses one that somebody else has put there."""
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise Refused(f"{folder} was made by somebody else: look at it, and remove it before the next start.")
    folder.chmod(0o755)  # whatever the umask is


def give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.user, account.group)


def erase(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """One process at a time; the others wait. Ends with the process, however it ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def room(folder: Path, megabytes: int) -> None:
    """Refuses when the disk of `folder` has less than `megabytes` left."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise Refused(f"The disk of {folder} has {free} MB left, {megabytes} MB are needed: free some space first.")
