"""What callers are told when the database does not answer, or refuses what we ask of it."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.db import sqlstate
from shared.errors import AppError, Unavailable
from shared.telemetry import place
from shared.web.problem import respond

log = structlog.get_logger()


def install(app: FastAPI) -> None:
    for error in (OperationalError, DBAPIError, PoolTimeout, OSError):
        app.add_exception_handler(error, _database)


async def _database(request: Request, error: Exception) -> Response:
    """An outage is a 503; what the database refuses for another reason is a mistake of ours, and a 500."""
    if isinstance(error, DBAPIError) and not _outage(error):
        # by kind and state only: the texts of these errors quote what people wrote
        log.error("request.failed", route=place(request.scope), error=type(error).__name__, sqlstate=sqlstate(error))
        return respond(AppError("An unexpected error was logged; nothing was written."))
    log.warning("request.database_failed", route=place(request.scope), error=type(error).__name__)
    return respond(Unavailable("The database does not answer; nothing was written. Try again in a few seconds."))


def _outage(error: DBAPIError) -> bool:
    """By SQLSTATE: connection (08), rollback (40), resources (53), operator (57); none means that nobody answered."""
    state = sqlstate(error)
    return error.connection_invalidated or not state or state[:2] in {"08", "40", "53", "57"}
