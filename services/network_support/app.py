"""The HTTP application of network_support."""

from typing import Any

from fastapi import FastAPI

from services.network_support.memberships import Memberships
from services.network_support.requests import api, steps
from shared.web.app import Parts, create

SAYS = """Entities ask the UN Network on Migration for help with their pledges (¶73), and its staff answer.

Who may act for which entity is asked of the pledges service; while that does not answer, writes are
refused with 503."""


def create_app(parts: Parts | None, pledges_url: str = "http://pledges") -> FastAPI:
    """`pledges_url`: where the pledges service is; without parts it is not called."""
    state: dict[str, Any] = {} if parts is None else {"memberships": Memberships(pledges_url, parts.http)}
    return create("Network support", SAYS, parts, [api.router, steps.router], **state)
