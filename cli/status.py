"""gcm status: whether all is well, with the figures that say so."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, say, show_json, table
from cli.place import Place, opened
from cli.problems import Status
from cli.services import ALL, Service
from deploy import stack_file

if TYPE_CHECKING:
    from cli.processes import Process
    from shared.messaging.standing import Standing

LATE = 60.0  # seconds after which what waits is not just on its way
WITHIN = 15.0  # seconds for the answers of one service's parts


@dataclass(frozen=True)
class Figures:
    """Of one service. `abandoned`: seconds since the lease of a mail ended that is still being sent; None where
    none are sent."""

    standing: "Standing"
    abandoned: float | None


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(
    services: Annotated[list[Service] | None, typer.Argument(help=ALL)] = None,
    *,
    json: Json = False,
) -> None:
    """Say whether all is well: processes of the local stack, and of each service what waits and for how long.

    Exit status 1 when something is wrong. Elsewhere than on a local stack, name one service, with GCM_DATABASE_URL
    and GCM_KAFKA_BOOTSTRAP set.
    """
    running = [] if os.environ.get("GCM_DATABASE_URL") else _processes()
    asked = {one: asyncio.run(_asked(one)) for one in services or Service}
    wrong = [*_wrong_processes(running), *(line for one, answer in asked.items() for line in _wrong(one, answer))]
    if json:
        show_json({"well": not wrong, "wrong": wrong, "processes": running, "services": _facts(asked)})
    else:
        _tell(running, asked, wrong)
    if wrong:
        raise SystemExit(Status.REFUSED)


Asked = Figures | str  # or why there is no answer


def _processes() -> "list[Process]":
    from cli.processes import processes

    return processes(stack_file.running())


async def _asked(service: Service) -> Asked:
    from shared.messaging.standing import standing

    try:
        async with asyncio.timeout(WITHIN), opened(service) as place:
            subscriptions = place.handlers.SUBSCRIPTIONS
            found = await standing(service, place.database, place.bootstrap, subscriptions, place.clock)
            return Figures(found, await _abandoned(place))
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are asked too
        return f"cannot be asked ({type(error).__name__}: {str(error)[:200]})"


async def _abandoned(place: Place) -> float | None:
    if place.service is not Service.NOTIFICATIONS:
        return None
    from services.notifications.deliveries.queries import abandoned

    async with place.database.transaction() as session:
        return (await abandoned(session, place.clock.system())).total_seconds()


def _wrong_processes(running: "Sequence[Process]") -> Iterator[str]:
    yield from (f"{one.name}: {one.wrong}" for one in running if one.wrong)


def _wrong(service: Service, asked: Asked) -> Iterator[str]:
    """In a sentence each, with what to do about it."""
    if isinstance(asked, str):
        yield f"{service}: {asked}"
        return
    found = asked.standing
    if found.oldest_unpublished > LATE:
        yield f"{service}: an event waits to be published for {found.oldest_unpublished:.0f} s; see the relay's log"
    for name, lag in found.lags.items():
        if lag.seconds > LATE:
            yield f"{service}: {name} is {lag.seconds:.0f} s behind ({lag.records} records); see the worker's log"
    if found.dead_letters:
        yield f"{service}: dead letters wait: {found.dead_letters}; see `gcm dead-letters list {service}`"
    if (asked.abandoned or 0) > LATE:
        ago = f"{asked.abandoned:.0f} s ago"
        yield f"{service}: the lease of a mail ended {ago} and nobody takes it up; see the sender's log"


def _facts(asked: dict[Service, Asked]) -> dict[str, object]:
    return {
        service: {"wrong": answer}
        if isinstance(answer, str)
        else {
            "oldest_unpublished_s": answer.standing.oldest_unpublished,
            "lags": {name: lag._asdict() for name, lag in answer.standing.lags.items()},
            "dead_letters": answer.standing.dead_letters,
            "abandoned_mail_s": answer.abandoned,
        }
        for service, answer in asked.items()
    }


def _tell(running: "Sequence[Process]", asked: dict[Service, Asked], wrong: Sequence[str]) -> None:
    if running:
        lines = [(one.name, one.pid, one.memory and f"{one.memory:.1f}", one.wrong or "ready") for one in running]
        table(("process", "pid", "MB", "state"), lines, "")
        say("")
    heads = ("service", "oldest unpublished", "consumer lag", "of", "dead letters", "mail without its sender")
    table(heads, [_line(one, answer) for one, answer in asked.items()], "")
    say("")
    say("\n".join(f"Wrong: {line}" for line in wrong) or "All is well.")


def _line(service: Service, asked: Asked) -> Sequence[object]:
    if isinstance(asked, str):
        return service, "?", "?", "", "?", "?"
    found = asked.standing
    worst = max(found.lags, key=lambda name: found.lags[name].seconds, default="")
    lag = found.lags[worst].seconds if worst else 0.0
    abandoned = "–" if asked.abandoned is None else _seconds(asked.abandoned)
    return (
        service,
        _seconds(found.oldest_unpublished),
        _seconds(lag),
        worst if lag else "",
        found.dead_letters,
        abandoned,
    )


def _seconds(value: float) -> str:
    return f"{value:.1f} s"
