"""Logs as JSON lines with trace ids, and never with addresses or texts that people wrote."""

import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


def place(scope: MutableMapping[str, Any]) -> str:
    """Where a request came to, for logs: the route, since an address may hold the token of a link."""
    return str(getattr(scope.get("route"), "path", ""))


_HEADER = re.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def known(header: str | None) -> str | None:
    """The header if it is one (W3C trace context), for it comes from outside; otherwise None."""
    return header if header and _HEADER.fullmatch(header) else None


def new_traceparent() -> str:
    """A W3C trace context header for work that nobody else has begun."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _add_trace(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if header := traceparent.get():
        event["trace_id"] = header.split("-")[1]
    return event


def configure(service: str, roles: list[str], level: str) -> None:
    """Everything, also what libraries log, goes to standard error as one JSON object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("httpx", "aiokafka", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, roles=",".join(roles))
