"""Apache Kafka (KRaft) as our own child process on 127.0.0.1, from its jars on Maven Central and Java from a wheel."""

import base64
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from deploy.local.artifacts import fetch
from deploy.local.child import Child, Command, OneChild, environment
from deploy.local.files import erase
from deploy.local.java import QUIET, SMALL, java
from deploy.local.watcher import Watcher
from shared.refusal import Refused

PROPERTIES = Path(__file__).with_name("kafka.properties")
STARTED = "Kafka Server started"
JVM = (
    *(*SMALL, *QUIET, "-Xms64m", "-Xmx256m", "-XX:ReservedCodeCacheSize=48m", "-XX:MaxMetaspaceSize=128m"),
    *("-XX:MaxDirectMemorySize=64m", "-Xss512k", "-Djava.awt.headless=true", "-Djava.net.preferIPv4Stack=true"),
    *("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"),
    # the one line that says it is ready; its port opens before
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
)


def install(watcher: Watcher) -> list[Path]:
    """The class path, fetched on first use."""
    return fetch("kafka", watcher)


@dataclass
class Kafka(OneChild):
    """One broker: its data under `home`, formatted on first start, and the process."""

    classpath: Sequence[Path]
    home: Path
    port: int
    controller_port: int
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self, within: float = 60) -> None:
        """Returns when it serves its topics. After a kill that is some 4 s later, when the old session has ended."""
        self.home.mkdir(parents=True, exist_ok=True)
        properties = self._configure()
        if not (self.home / "formatted").exists():
            self._format(properties)
        self.child = Child(Command("kafka", self._java("kafka.Kafka", str(properties)), self.log, self.environment))
        self.child.wait_until(self.ready, within)

    def _configure(self) -> Path:
        text = Template(PROPERTIES.read_text())
        properties = self.home / "server.properties"
        properties.write_text(text.substitute(port=self.port, controller=self.controller_port, data=self._data))
        return properties

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _java(self, main: str, *arguments: str) -> tuple[str, ...]:
        return (java(), *JVM, "-cp", ":".join(map(str, self.classpath)), main, *arguments)

    def _format(self, properties: Path) -> None:
        erase(self._data)  # what a first start that was cut off has left
        self._data.mkdir()
        cluster = base64.urlsafe_b64encode(b"\1" + secrets.token_bytes(15)).decode().rstrip("=")
        options = ("format", "--standalone", "--cluster-id", cluster, "--config", str(properties))
        with self.log.open("ab") as log:
            done = subprocess.run(  # noqa: S603 - our own program
                self._java("kafka.tools.StorageTool", *options),
                env=environment(self.environment),
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise Refused(f"Kafka's folder could not be made: see {self.log}.")
        (self.home / "formatted").touch()

    def ready(self) -> bool:
        return self.child is not None and STARTED in self.child.said()
