"""Cookies that only we can read or make. They are set and deleted at the end of a request, whatever the answer is.

Over HTTPS their names begin with __Host-: browsers then keep other hosts, also subdomains, from setting them.
"""

import zlib
from collections.abc import Sequence
from functools import cache, partial

from cryptography.fernet import InvalidToken
from starlette.requests import HTTPConnection

from shared.sealing import sealing

LARGEST = 4096  # bytes, name and attributes included: browsers drop larger ones without a word


class Cookies:
    """`keys`: the first one seals, all of them open. `secure`: the portal is served over HTTPS."""

    def __init__(self, keys: Sequence[str], *, secure: bool) -> None:
        self._seal_of = cache(partial(sealing, keys))
        self._secure = secure

    def seal(self, purpose: str, content: str) -> str:
        return self._seal_of(purpose).encrypt(zlib.compress(content.encode(), 9)).decode()

    def open(self, purpose: str, sealed: str, within: int | None = None) -> str | None:
        """None for what was not sealed by us for this purpose, or not within so many seconds (system time)."""
        try:
            return zlib.decompress(self._seal_of(purpose).decrypt(sealed, within)).decode()
        except (InvalidToken, zlib.error, ValueError):
            return None

    def read(self, request: HTTPConnection, name: str, *, within: int | None = None, path: str = "/") -> str | None:
        """What a cookie holds; None unless it is there and is ours."""
        return self.open(name, request.cookies.get(self._full(name, path), ""), within)

    def held(self, request: HTTPConnection, beginning: str) -> list[str]:
        """The names that begin so of what the browser brought, as it orders them: the oldest first."""
        full = self._full(beginning, "/")
        return [beginning + name.removeprefix(full) for name in request.cookies if name.startswith(full)]

    def write(
        self, request: HTTPConnection, name: str, content: str, *, age: int | None = None, path: str = "/"
    ) -> None:
        """`age`: seconds for which the browser keeps it; None: until it is closed. Raises ValueError when too large."""
        self._set(request, name, self.seal(name, content), age, path)

    def delete(self, request: HTTPConnection, name: str, *, path: str = "/") -> None:
        self._set(request, name, "", 0, path)

    def _set(self, request: HTTPConnection, name: str, value: str, age: int | None, path: str) -> None:
        full = self._full(name, path)
        header = f"{full}={value}; Path={path}; HttpOnly; SameSite=Lax"
        header += "; Secure" if self._secure else ""
        header += f"; Max-Age={age}" if age is not None else ""
        if len(header) > LARGEST:
            raise ValueError(f"the cookie {name} has {len(header)} bytes, and browsers keep {LARGEST}")
        waiting(request)[full] = header

    def _full(self, name: str, path: str) -> str:
        if not self._secure:
            return f"gcm-{name}"
        return f"__Host-gcm-{name}" if path == "/" else f"__Secure-gcm-{name}"


def waiting(request: HTTPConnection) -> dict[str, str]:
    """The Set-Cookie headers that the answer to this request will have."""
    found: dict[str, str] = request.scope.setdefault("state", {}).setdefault("set_cookies", {})
    return found
