"""A local stack: what is started after what. Steps that do not need each other run at the same time."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from deploy import databases
from deploy.local import kafka, keycloak, postgres, programs
from deploy.local.child import Child, Command
from deploy.local.demo.load import load
from deploy.local.http_probe import answers
from deploy.local.parts import database_roles, kafka_of, keycloak_of, postgres_of
from deploy.local.place import Place
from deploy.local.programs import Service
from deploy.local.state import write
from deploy.local.supervisor import Kept, Supervisor
from deploy.local.tokens import token
from deploy.local.watcher import Watcher
from deploy.stack_file import ROOT
from shared.refusal import Refused

log = logging.getLogger("stack")

Result = TypeVar("Result")
READY_WITHIN = 120.0  # seconds, for the services after the parts
LASTING = 15.0  # seconds after which a step is named while it runs
HOPELESS = 4  # deaths of a service before its first sign of life


async def start_all(place: Place, supervisor: Supervisor, watcher: Watcher) -> dict[str, float]:
    """Parts, services and, the first time, the demonstration; the seconds of each step."""
    stack = Stack(place, supervisor, watcher)
    lasting = asyncio.create_task(stack.say_what_lasts())
    try:
        await stack.start()
        await stack.load_demo()
    finally:
        lasting.cancel()
    return stack.seconds


class Stack:
    """The steps of one start. `seconds` says how long each took."""

    def __init__(self, place: Place, supervisor: Supervisor, watcher: Watcher) -> None:
        self.place = place
        self.seconds: dict[str, float] = {}
        self._begun: dict[str, float] = {}
        self._supervisor = supervisor
        self._watcher = watcher

    async def start(self) -> None:
        """Returns when every part and service is ready. Raises what hinders it."""
        async with asyncio.TaskGroup() as steps:
            begin = steps.create_task
            begin(self._inbox())
            server = begin(self._postgres())
            migrated = begin(self._migrations(server))
            distribution = begin(self._distribution())
            begin(self._keycloak(server, distribution))
            topics = begin(self._kafka())
            begin(self._services(migrated, topics))

    async def load_demo(self) -> None:
        """On the first start, through the public interface. If that fails the stack is there all the same."""
        done = self.place.state.folder / "demo.json"
        if done.exists():
            return
        try:
            with self._step("Demonstration"):
                report = await load(self.place.http("pledges-api"), self._token)
        except Exception as error:
            log.exception("demonstration")
            self._watcher.say(f"The demonstration could not be loaded ({error}): the next start tries again.")
        else:
            write(done, asdict(report))
            for what, why in report.refused.items():
                self._watcher.say(f"Not loaded: {what}: {why}")

    async def _token(self, persona: str) -> str:
        return await _thread(lambda: token(self.place.ports["keycloak"], persona, self.place.secrets["personas"]))

    async def say_what_lasts(self) -> None:
        """Until cancelled: a first start on a slow machine has minutes in which nothing else is said."""
        while True:
            await asyncio.sleep(LASTING)
            now = time.monotonic()
            running = [f"{name} ({now - begun:.0f} s)" for name, begun in self._begun.items() if now - begun >= LASTING]
            if running:
                self._watcher.say(f"… still at work: {', '.join(running)}")

    @contextmanager
    def _step(self, name: str, worth_a_line: float = 0) -> Iterator[None]:
        """A step that took less than `worth_a_line` seconds had nothing to do."""
        begun = self._begun[name] = time.monotonic()
        try:
            yield
        finally:
            del self._begun[name]
        if (took := time.monotonic() - begun) >= worth_a_line:
            self.seconds[name] = round(took, 2)
            self._watcher.say(f"{name:<24}{took:6.1f} s")

    async def _postgres(self) -> None:
        programs_folder = await self._installed("Fetch PostgreSQL", postgres.install)
        server = await _thread(lambda: postgres_of(self.place, programs_folder, self._watcher))
        with self._step("PostgreSQL"):
            await self._supervisor.start(Kept("postgres", server, tier=1))
        with self._step("Databases"):
            await databases.create(server.url(), database_roles(self.place))

    async def _migrations(self, server: "asyncio.Task[None]") -> None:
        await server
        with self._step("Migrations"):
            await _thread(lambda: run_to_end(programs.migrate_command(self.place)))

    async def _distribution(self) -> Path:
        await self._installed("Fetch Keycloak", keycloak.archive)
        return await self._installed("Build Keycloak", lambda watcher: keycloak.install(watcher, self.place.marker))

    async def _keycloak(self, server: "asyncio.Task[None]", distribution: "asyncio.Task[Path]") -> None:
        folder = await distribution
        await server
        with self._step("Keycloak"):
            await self._supervisor.start(Kept("keycloak", keycloak_of(self.place, folder), tier=2))

    async def _kafka(self) -> None:
        classpath = await self._installed("Fetch Kafka", kafka.install)
        with self._step("Kafka"):
            await self._supervisor.start(Kept("kafka", kafka_of(self.place, classpath), tier=2))
        with self._step("Topics"):
            from deploy.topics import topics
            from shared.messaging.kafka import apply_topics

            await apply_topics(self.place.kafka, topics())

    async def _inbox(self) -> None:
        inbox = Service(programs.inbox_command(self.place), self.place.ports["mail"])
        with self._step("Mail inbox"):
            await self._supervisor.start(Kept("inbox", inbox, tier=2))
            await _until(lambda: answers(inbox.port, "/"), 30, "inbox", inbox.command.log)

    async def _services(self, *needed: "asyncio.Task[None]") -> None:
        for step in needed:
            await step
        with self._step("Services"):
            await asyncio.gather(*(self._service(program) for program in programs.programs()))

    async def _service(self, program: programs.Program) -> None:
        service = Service(programs.command(program, self.place), self.place.ports[program.name])
        about = {"service": program.service, "roles": list(program.roles), "port": service.port}
        kept = Kept(program.name, service, tier=3, about=about)
        await self._supervisor.start(kept)
        await _until(lambda: _lively(kept, service), READY_WITHIN, program.name, service.command.log)

    async def _installed(self, step: str, install: Callable[[Watcher], Result]) -> Result:
        with self._step(step, worth_a_line=1):
            return await _thread(lambda: install(self._watcher))


def _lively(kept: Kept, service: Service) -> bool:
    if kept.deaths >= HOPELESS:
        raise Refused(f"{kept.name} ends again and again while starting: see {service.command.log}.")
    return service.ready()


async def _until(ready: Callable[[], bool], within: float, name: str, log: Path) -> None:
    end = time.monotonic() + within
    while not await _thread(ready):
        if time.monotonic() > end:
            raise Refused(f"{name} was not ready within {within:.0f} s: see {log}.")
        await asyncio.sleep(0.1)


async def _thread(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(None, work)


def run_to_end(command: Command) -> None:
    """Runs a command that ends by itself. Raises Refused with its last line when it fails."""
    child = Child(command, cwd=ROOT)
    if child.wait():
        raise child.failed()
