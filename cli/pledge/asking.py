"""What all commands on pledges have in common: whom they ask, and how a pledge is named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.connect import connected

if TYPE_CHECKING:
    from shared.client import Client

Result = TypeVar("Result")
Id = Annotated[str, typer.Argument(metavar="PLEDGE", help="Its id.")]


def ask(work: "Callable[[Client], Awaitable[Result]]", persona: str | None, *, signed_in: bool = True) -> Result:
    async def do() -> Result:
        async with connected(persona, signed_in=signed_in) as client:
            return await work(client)

    return asyncio.run(do())
