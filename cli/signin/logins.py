"""What `gcm login` keeps: a file of the user's own, mode 0600, one login an address of sign-in."""

import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.refusal import Refused

ROOM = 32 * 1024  # bytes, more than the tokens of a login take


@dataclass(frozen=True)
class Login:
    """`addresses` are by service; `good_until` is system time, in seconds since 1970.

    `entity` is for whom the person mostly writes, `language` in which advice is given; empty: it is not said.
    """

    issuer: str
    addresses: dict[str, str]
    access_token: str
    good_until: float
    refresh_token: str
    entity: str = ""
    language: str = ""


Save = Callable[[Login | None], None]


def base() -> Path:
    """GCM_STATE_DIR, otherwise gcm in the XDG state folder (~/.local/state)."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get("GCM_STATE_DIR") or Path(state) / "gcm")


def folder() -> Path:
    """Of the profile that is chosen, otherwise the base itself."""
    name = os.environ.get("GCM_PROFILE")
    return base() / "profiles" / name if name else base()


class Logins:
    """The newest is the last in the file."""

    def __init__(self, place: Path | None = None) -> None:
        self._folder = place or folder()
        self._file = self._folder / "logins.json"

    def of(self, issuer: str) -> Login | None:
        return self._read().get(issuer)

    def last(self) -> Login | None:
        return next(reversed(self._read().values()), None)

    @contextmanager
    def change(self, issuer: str) -> Iterator[tuple[Login | None, Save]]:
        """The login as it is now, and what to call with the new one, or with None to forget it. One process at a time.

        Room on the disk is made first: refresh tokens rotate, and the successor of a used one must not be lost.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            draft = self._folder / "logins.draft"
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b", buffering=0) as file:
                try:
                    _reserve(file.fileno(), draft)
                    yield self.of(issuer), lambda login: self._save(draft, file.fileno(), issuer, login)
                finally:
                    draft.unlink(missing_ok=True)

    def _save(self, draft: Path, descriptor: int, issuer: str, login: Login | None) -> None:
        kept = {key: one for key, one in self._read().items() if key != issuer} | ({issuer: login} if login else {})
        os.pwrite(descriptor, json.dumps([asdict(one) for one in kept.values()]).encode().ljust(ROOM), 0)
        os.fsync(descriptor)
        draft.replace(self._file)

    def _read(self) -> dict[str, Login]:
        try:
            return {one["issuer"]: Login(**one) for one in json.loads(self._file.read_bytes())}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, KeyError) as error:
            raise Refused(f"{self._file} is damaged: remove it, and `gcm login` again.") from error


def _reserve(descriptor: int, draft: Path) -> None:
    if os.pwrite(descriptor, bytes(ROOM), 0) < ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(draft))
    os.fsync(descriptor)
