"""What the portal runs on; tests bring their own."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Self

import httpx
from fastapi import Depends, Request

from services.portal.cookies import Cookies
from services.portal.language import Language, languages
from services.portal.provider import Provider
from services.portal.session import Sessions
from services.portal.settings import Settings
from shared.clock import Clock
from shared.process import Health


@dataclass(frozen=True)
class Parts:
    settings: Settings
    http: httpx.AsyncClient
    clock: Clock
    health: Health
    cookies: Cookies
    provider: Provider
    sessions: Sessions
    languages: dict[str, Language]
    waiting: httpx.AsyncClient  # for answers without end, which would use up the connections of the others
    stop: asyncio.Event  # set when the process is to end: answers without end do

    @classmethod
    def of(
        cls,
        settings: Settings,
        http: httpx.AsyncClient,
        clock: Clock,
        health: Health,
        waiting: httpx.AsyncClient | None = None,
        stop: asyncio.Event | None = None,
    ) -> Self:
        cookies = Cookies(settings.session_keys, secure=settings.https)
        provider = Provider(settings, http, clock)
        sessions = Sessions(cookies, provider, clock)
        ends = stop or asyncio.Event()
        own = (cookies, provider, sessions, languages())
        return cls(settings, http, clock, health, *own, waiting or http, ends)


def parts_of(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


Using = Annotated[Parts, Depends(parts_of)]
