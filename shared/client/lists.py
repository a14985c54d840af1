"""Lists that come in pages: `await` gives one, `async for` goes through all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

from shared.client.models.base import Page

P_co = TypeVar("P_co", bound=Page[Any], covariant=True)
I_co = TypeVar("I_co", covariant=True)


class Listing(Generic[P_co, I_co]):
    """Nothing is asked before it is awaited or iterated; each page's cursor leads to the next."""

    def __init__(self, page: Callable[[str | None], Awaitable[P_co]]) -> None:
        self._page = page

    def __await__(self) -> Generator[Any, None, P_co]:
        return self._page(None).__await__()

    async def __aiter__(self) -> AsyncIterator[I_co]:
        cursor: str | None = None
        while True:
            page = await self._page(cursor)
            for item in page.items:
                yield item
            if (cursor := page.next) is None:
                return
