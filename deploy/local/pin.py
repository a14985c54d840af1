"""`python -m deploy.local.pin [PART…]`: resolves parts anew and writes their sums files, when a version is raised."""

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.local.artifacts import SUMS

ENDPOINTS = {
    "kafka": ["org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36"],  # Kafka wants SLF4J 1.7
    "postgres": [
        f"io.zonky.test.postgres:embedded-postgres-binaries-{platform}:18.3.0"
        for platform in ("linux-amd64", "linux-arm64v8", "darwin-amd64", "darwin-arm64v8")
    ],
    "keycloak": ["org.keycloak:keycloak-quarkus-dist:26.7.0"],
}


def main() -> None:
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        context = MavenContext(repo_cache=folder, timeout=30)
        for part in sys.argv[1:] or ENDPOINTS:
            files = sorted(path.relative_to(folder) for path in _files(context, part))
            lines = [f"{_sum(folder / path)}  {path}" for path in files]
            (SUMS / f"{part}.sha256").write_text("\n".join(lines) + "\n")


def _files(context: Any, part: str) -> list[Path]:
    wanted = [context.create_dependency(endpoint) for endpoint in ENDPOINTS[part]]
    if part != "kafka":  # archives: nothing they name as a dependency is needed
        packaging = "zip" if part == "keycloak" else "jar"
        return [one.artifact.component.artifact(packaging=packaging).resolve() for one in wanted]
    inputs, others = context.resolver.resolve(wanted)
    return [one.artifact.resolve() for one in (*inputs, *others)]


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
