"""One service's requests: address, token, attempts, and answers as models."""

import asyncio
import random
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from shared.client.errors import Away, nobody, problem
from shared.client.lists import Listing
from shared.client.models.base import Page, Received
from shared.client.patience import Outcome, Patience, retry_after, worth_repeating
from shared.clock import Clock

TokenSource = Callable[[], Awaitable[str]]
R = TypeVar("R", bound=Received)
P = TypeVar("P", bound=Page[Any])
_PRINTABLE = "".join(map(chr, range(32, 127)))  # headers hold nothing else; a key or ETag may come from a form


def at(*segments: object) -> str:
    """A path; what callers bring in stays in its segment."""
    return "".join("/" + quote(str(segment), safe="").replace(".", "%2E") for segment in segments)


class Download:
    """A file that is on its way."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer
        self.headers: Mapping[str, str] = answer.headers

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises Away when it breaks off."""
        try:
            async for part in self._answer.aiter_bytes():
                yield part
        except httpx.TransportError as error:
            raise nobody(self._answer.url.host, str(error) or type(error).__name__) from error
        finally:
            await self._answer.aclose()


class Sending:
    """`token` is a token, or a function that is asked for one before each request; None: nobody is signed in."""

    def __init__(
        self, address: str, token: str | TokenSource | None, http: httpx.AsyncClient, patience: Patience
    ) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._http = http
        self._patience = patience
        self._clock = Clock(None)

    async def get(self, path: str, answer: type[R], **query: Any) -> R:
        return _read(answer, await self._send(self._asking(path, query)))

    def pages(self, path: str, page: type[P], **query: Any) -> Listing[P, Any]:
        """`query` may hold `cursor` and `limit`, for one page."""

        async def one(cursor: str | None) -> P:
            return await self.get(path, page, **(query | ({"cursor": cursor} if cursor else {})))

        return Listing(one)

    async def post(
        self,
        path: str,
        answer: type[R],
        body: BaseModel | None = None,
        *,
        seen: str = "",
        key: str | None = None,
        language: str = "",
    ) -> R:
        """`key` is the Idempotency-Key: the same for the same wish, also when a form is sent twice. None: a new one.

        `language` is the one of the answer's texts, where it has some.
        """
        wanted = {"If-Match": seen, "Accept-Language": language}
        headers = {"Idempotency-Key": key or str(uuid4())} | {name: value for name, value in wanted.items() if value}
        return _read(answer, await self._send(self._request("POST", path, headers=headers, **_json(body))))

    async def put(self, path: str, answer: type[R], body: BaseModel | None, *, seen: str | None, **query: Any) -> R:
        """`seen`: None for what has no revision."""
        more = {"params": given} if (given := _given(query)) else {}
        return _read(answer, await self._send(self._request("PUT", path, headers=_seen(seen), **_json(body), **more)))

    async def upload(
        self, path: str, answer: type[R], content: AsyncIterable[bytes] | bytes, *, name: str, key: str | None
    ) -> R:
        """A file as the body. What is iterated is iterated anew for each attempt."""
        headers = {"Idempotency-Key": key or str(uuid4()), "Content-Type": "application/octet-stream"}
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return _read(answer, await self._send(self._request("POST", path, headers=headers, content=content)))

    async def put_bytes(self, path: str, answer: type[R], content: bytes) -> R:
        """A part of a file, which may be sent again."""
        headers = {"Idempotency-Key": path, "Content-Type": "application/octet-stream"}
        return _read(answer, await self._send(self._request("PUT", path, headers=headers, content=content)))

    async def download(self, path: str, **query: Any) -> Download:
        """The caller reads it to its end, or closes it."""
        return Download(await self._send(self._asking(path, query), stream=True))

    async def patch(self, path: str, answer: type[R], fields: Mapping[str, Any], *, seen: str) -> R:
        """A JSON Merge Patch (RFC 7396)."""
        headers = {"If-Match": seen, "Content-Type": "application/merge-patch+json"}
        return _read(answer, await self._send(self._request("PATCH", path, headers=headers, json=fields)))

    async def delete(self, path: str, answer: type[R], *, seen: str | None = None) -> R:
        return _read(answer, await self._send(self._request("DELETE", path, headers=_seen(seen))))

    def _asking(self, path: str, query: Mapping[str, Any]) -> httpx.Request:
        return self._request("GET", path, params=_given(query) or None)

    def _request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Request:
        plain = {name: quote(value, safe=_PRINTABLE, errors="replace") for name, value in (headers or {}).items()}
        patience = self._patience.timeout()
        return self._http.build_request(method, self._address + path, headers=plain, timeout=patience, **more)

    async def _send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        if token := await self._token() if callable(self._token) else self._token:
            request.headers["Authorization"] = f"Bearer {token}"
        outcome = await self._until_answered(request, stream=stream)
        if isinstance(outcome, httpx.TransportError):
            raise nobody(self._address, str(outcome) or type(outcome).__name__) from outcome
        if not outcome.is_success:
            await outcome.aread()
            raise problem(outcome, self._asked(outcome))
        return outcome

    async def _until_answered(self, request: httpx.Request, *, stream: bool) -> Outcome:
        repeatable = request.method == "GET" or "Idempotency-Key" in request.headers
        in_doubt = False
        for attempt in count(1):
            outcome = await self._once(request, stream=stream)
            pause = self._patience.pause(attempt, self._asked(outcome), random.random())  # noqa: S311 - spreads load
            if pause is None or not worth_repeating(outcome, repeatable=repeatable, in_doubt=in_doubt):
                break
            if isinstance(outcome, httpx.Response):
                await outcome.aclose()
            in_doubt = in_doubt or isinstance(outcome, httpx.TransportError)
            await asyncio.sleep(pause)
        return outcome

    async def _once(self, request: httpx.Request, *, stream: bool) -> Outcome:
        try:
            return await self._http.send(request, stream=stream)
        except httpx.TransportError as error:
            return error

    def _asked(self, outcome: Outcome) -> float | None:
        return retry_after(outcome, self._clock.system()) if isinstance(outcome, httpx.Response) else None


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _seen(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _json(body: BaseModel | None) -> dict[str, Any]:
    """Fields that were not set stay out: their defaults are the service's."""
    if body is None:
        return {}
    return {"json": body.model_dump(mode="json", exclude_unset=True)}


def _read(answer: type[R], got: httpx.Response) -> R:
    """Raises Away when something else than the API answered, for instance a proxy's page."""
    try:
        read = answer.model_validate_json(got.content)
    except ValidationError as error:
        what = (
            f"{got.url} answered what this client does not understand; is the address right, or a newer client needed?"
        )
        raise Away(got.status_code, "about:blank", "An unknown answer", what) from error
    return read.tagged(got.headers.get("ETag", ""))
