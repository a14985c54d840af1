"""Keycloak as our own child process on 127.0.0.1, from its distribution on Maven Central and Java from a wheel.

Java is started directly: behind kc.sh a shell would stay as its parent, and a kill -9 of it would leave Java running.
"""

import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.keycloak.check import REALM, unset
from deploy.local.artifacts import fetch, pinned
from deploy.local.child import Child, Command, OneChild, environment
from deploy.local.files import cache_folder, erase, locked
from deploy.local.http_probe import answers
from deploy.local.java import QUIET, SMALL, java
from deploy.local.watcher import Watcher
from shared.refusal import Refused

THEMES = REALM.parent / "themes"
FOLDER = f"keycloak-{pinned('keycloak')[0].path.parts[-2]}"
BUILD = ("build", "--db=postgres", "--health-enabled=true")
THREADS = "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
JVM = (
    *(*SMALL, *QUIET, "-XX:MaxMetaspaceSize=256m", "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US"),
    *(
        f"--add-opens=java.base/{package}=ALL-UNNAMED"
        for package in ("java.util", "java.util.concurrent", "java.security", "java.lang")
    ),
    *("-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-Dpicocli.disable.closures=true"),
    f"-Djava.util.concurrent.ForkJoinPool.common.threadFactory={THREADS}",
)
HEAP = ("-Xms64m", "-Xmx256m")
BUILD_HEAP = ("-Xms64m", "-Xmx512m")
# otherwise each connection that a restart of PostgreSQL has cut refuses somebody once more
AFTER_A_RESTART = {"QUARKUS_DATASOURCE_JDBC_VALIDATE_ON_BORROW": "true"}


def archive(watcher: Watcher) -> Path:
    """The distribution as it comes, fetched on first use."""
    folder = cache_folder() / FOLDER
    return folder if folder.exists() else fetch("keycloak", watcher)[0]


def install(watcher: Watcher, marker: Mapping[str, str] | None = None) -> Path:
    """The distribution unpacked and built for PostgreSQL, which takes 20 s on first use."""
    folder = cache_folder() / FOLDER
    if not folder.exists():
        packed = archive(watcher)
        with locked(cache_folder() / "keycloak-build.lock"):
            if not folder.exists():
                _build(packed, folder, marker or {})
    return folder


def _build(packed: Path, folder: Path, marker: Mapping[str, str]) -> None:
    half = folder.with_name(f"{folder.name}.half")
    erase(half)
    with zipfile.ZipFile(packed) as files:
        files.extractall(half)
    [home] = half.iterdir()
    log = cache_folder() / "keycloak-build.log"
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603 - our own program
            _java(home, BUILD_HEAP, *BUILD), stdout=output, stderr=output, env=environment(marker), check=False
        )
    if done.returncode:
        raise Refused(f"Keycloak could not be built: see {log}.")
    home.rename(folder)
    half.rmdir()


def _java(home: Path, heap: Sequence[str], *arguments: str) -> tuple[str, ...]:
    places = (f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home / 'conf'}")
    main = ("-cp", str(home / "lib" / "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint")
    return (java(), *heap, *JVM, *places, *main, *arguments)


@dataclass
class Keycloak(OneChild):
    """One server with the realm `gcm` and the users of `users`, its tables in a PostgreSQL database.

    `environment` holds what the realm's placeholders name.
    """

    distribution: Path
    home: Path
    port: int
    management_port: int
    database: str  # host:port/name
    database_role: str
    database_password: str
    admin_password: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    imports: Sequence[Path] = (REALM,)

    @property
    def issuer(self) -> str:
        """A name and no IP address: passkeys want one. It listens on 127.0.0.1 only all the same."""
        return f"http://localhost:{self.port}/realms/gcm"

    @property
    def address(self) -> str:
        """For machines, which need no name."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, within: float = 300) -> None:
        """Returns when it answers; imports the realm on the first start, and never touches it again."""
        if missing := unset(self.imports, self.environment):
            raise Refused(missing[0])
        self._furnish()
        secrets = {
            "KC_DB_PASSWORD": self.database_password,
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.admin_password,
            **AFTER_A_RESTART,
        }
        argv = _java(self.home, HEAP, "start", "--optimized", "--import-realm", *self._options())
        self.child = Child(Command("keycloak", argv, self.log, {**self.environment, **secrets}))
        self.child.wait_until(self.ready, within, every=0.1)

    def _options(self) -> list[str]:
        return [
            *("--cache=local", "--log-level=warn", "--db-pool-max-size=10", "--http-enabled=true"),
            f"--db-url=jdbc:postgresql://{self.database}",
            f"--db-username={self.database_role}",
            *("--http-host=127.0.0.1", f"--http-port={self.port}", f"--hostname=http://localhost:{self.port}"),
            *("--http-management-host=127.0.0.1", f"--http-management-port={self.management_port}"),
        ]

    def _furnish(self) -> None:
        """A home of its own, which has the distribution's code and our theme by links."""
        files = self.home / "data" / "import"
        erase(files)
        files.mkdir(parents=True)
        for folder in (*(self.distribution / name for name in ("lib", "conf", "providers")), THEMES):
            link = self.home / folder.name
            link.unlink(missing_ok=True)
            link.symlink_to(folder)
        for file in self.imports:
            (files / file.name).write_text(file.read_text())

    def ready(self) -> bool:
        return answers(self.management_port, "/health/ready")
