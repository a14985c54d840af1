"""The files of a part: from Maven Central by jgo, each pinned by version and SHA-256 in sums/PART.sha256.

A sums file has the form of `sha256sum`; its paths are those of a Maven repository, so that they name the artifact too.
`python -m deploy.local.pin` writes them anew for another version.
"""

import hashlib
import os
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from deploy.local.files import cache_folder, erase, locked
from deploy.local.watcher import Download, Watcher
from shared.refusal import Refused

SUMS = Path(__file__).parent / "sums"
AT_ONCE = 4  # downloads


@dataclass(frozen=True)
class Pinned:
    """One file of a Maven repository and what it must contain."""

    path: PurePosixPath
    sha256: str

    @property
    def coordinates(self) -> tuple[str, str, str, str, str]:
        """Group, artifact, version, classifier (may be empty), packaging."""
        *group, artifact, version, name = self.path.parts
        rest, _, packaging = name.removeprefix(f"{artifact}-{version}").rpartition(".")
        return ".".join(group), artifact, version, rest.removeprefix("-"), packaging


def pinned(part: str) -> list[Pinned]:
    lines = (SUMS / f"{part}.sha256").read_text().splitlines()
    return [Pinned(PurePosixPath(path), digest) for digest, path in (line.split() for line in lines)]


def fetch(part: str, watcher: Watcher, wanted: Callable[[Pinned], bool] = lambda _: True) -> list[Path]:
    """The checked files of a part, in the order of its sums file; downloads what is missing.

    Raises Refused for a damaged file, which is deleted, and when the network or the registry does not answer.
    """
    repository = cache_folder() / "repository"
    files = [file for file in pinned(part) if wanted(file)]
    with locked(cache_folder() / f"{part}.lock"):
        missing = [file for file in files if not (repository / file.path).exists()]
        if missing:
            _download(part, missing, repository, watcher)
        for file in files:
            _check(repository / file.path, file)
    return [repository / file.path for file in files]


def _check(path: Path, file: Pinned) -> None:
    with path.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != file.sha256:
        path.unlink()
        raise Refused(
            f"{path} is damaged (its SHA-256 is not the pinned one) and was deleted: start again to fetch it."
        )


def _download(part: str, files: list[Pinned], repository: Path, watcher: Watcher) -> None:
    """Into a folder of its own first: a download that was cut off is never taken for a file."""
    scratch = repository.parent / f"{part}.downloads"
    erase(scratch)
    with watcher.download(part, len(files)) as download, ThreadPoolExecutor(AT_ONCE) as threads:
        context = _maven(scratch, download)
        list(threads.map(lambda file: _fetch_one(context, file, scratch, repository), files))
    erase(scratch)


def _fetch_one(context: Any, file: Pinned, scratch: Path, repository: Path) -> None:
    import requests

    group, artifact, version, classifier, packaging = file.coordinates
    try:
        context.project(group, artifact).at_version(version).artifact(classifier, packaging).resolve()
    except requests.RequestException as error:
        raise Refused(
            f"{file.path.name} could not be fetched from Maven Central ({type(error).__name__}): check the network"
            " (and HTTPS_PROXY, if there is a proxy), then start again; what has arrived is kept."
        ) from error
    except RuntimeError as error:  # jgo's word for anything but 200
        raise Refused(f"Maven Central did not give {file.path}: try again later.") from error
    _check(scratch / file.path, file)
    (repository / file.path).parent.mkdir(parents=True, exist_ok=True)
    (scratch / file.path).replace(repository / file.path)


def _maven(repository: Path, download: Download) -> Any:
    from jgo.maven import MavenContext, PythonResolver

    def progress(_: str, size: int) -> AbstractContextManager[Callable[[int], None]]:
        return _file(download, size)

    # the machine's own trust store, as pip and uv take it: behind a ministry's proxy no other knows its certificate
    if bundle := ssl.get_default_verify_paths().cafile:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", bundle)
    return MavenContext(resolver=PythonResolver(progress_callback=progress), repo_cache=repository, timeout=30)


@contextmanager
def _file(download: Download, size: int) -> Iterator[Callable[[int], None]]:
    download.size(size)
    yield download.advance
