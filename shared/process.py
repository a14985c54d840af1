"""One process of a service: its tasks, its health page, and an orderly end."""

import asyncio
import gc
import json
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import structlog

log = structlog.get_logger()

Task = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
Check = Callable[[], Awaitable[str | None]]  # None when well, otherwise what is wrong in a few words

STOP_WITHIN = 20.0  # seconds; the supervisor's own deadline is longer


async def run(tasks: Mapping[str, Task], health: "Health", health_at: tuple[str, int] | None = None) -> None:
    """Runs until SIGTERM or SIGINT, then lets every task finish its record within the deadline.

    Each task gets the event that tells it to stop. A task that ends by itself or raises ends the process:
    its supervisor starts it anew.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    everything = dict(tasks)
    if health_at:
        everything["health"] = lambda event: serve_health(health, *health_at, event)
    freeze()
    running = {asyncio.create_task(task(stop), name=name) for name, task in everything.items()}
    try:
        await _until_stop_or_death(running, stop)
    finally:
        health.stopping = True
        stop.set()
        await _finish(running)


async def _until_stop_or_death(running: set["asyncio.Task[None]"], stop: asyncio.Event) -> None:
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done & running:
        if error := task.exception():
            raise error
        if not stop.is_set():
            raise RuntimeError(f"{task.get_name()} ended by itself")


async def _finish(running: set["asyncio.Task[None]"]) -> None:
    _, late = await asyncio.wait(running, timeout=STOP_WITHIN)
    if late:
        log.error("process.stopped_late", tasks=sorted(task.get_name() for task in late))
        os._exit(1)  # a task that does not end would keep the process for ever


def freeze() -> None:
    """What is loaded so far is left alone by the garbage collector: a full collection would stop requests for 60 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class Health:
    """What /livez and /readyz say. Liveness never asks the database: an outage must not become a restart storm."""

    def __init__(self, **checks: Check) -> None:
        self.checks = checks
        self.stopping = False

    async def problems(self) -> dict[str, str]:
        if self.stopping:
            return {"process": "stopping"}
        found = {name: await _ask(check) for name, check in self.checks.items()}
        return {name: problem for name, problem in found.items() if problem}


async def _ask(check: Check) -> str | None:
    try:
        return await asyncio.wait_for(check(), timeout=2)
    except Exception as error:  # noqa: BLE001 - any failure is the answer
        return type(error).__name__


async def serve_health(health: Health, host: str, port: int, stop: asyncio.Event) -> None:
    """/livez and /readyz for roles that have no HTTP interface of their own."""
    import uvicorn

    async def app(scope: dict[str, Any], _: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        problems = await health.problems() if scope["path"] == "/readyz" else {}
        body = json.dumps({"status": "not ready", "problems": problems} if problems else {"status": "ok"}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 503 if problems else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off")
    await serve(config, stop)


async def serve_app(app: Any, host: str, port: int, stop: asyncio.Event) -> None:
    """An application of ours; requests under way are finished before it ends."""
    import uvicorn

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=15,
    )
    await serve(config, stop)


async def serve(config: Any, stop: asyncio.Event) -> None:
    """An HTTP server that ends when told to, not by its own signal handlers."""
    import uvicorn

    class Server(uvicorn.Server):
        def install_signal_handlers(self) -> None: ...

        def capture_signals(self) -> Any:
            from contextlib import nullcontext

            return nullcontext()

    server = Server(config)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving
