"""The contracts as they were merged: what a change is compared with, also after it was committed."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BASE = "GCM_CONTRACTS_BASE"  # a commit, branch or tag, where it is not origin's main branch


class Unreadable(Exception):
    """There is a repository, but what was merged cannot be read from it. The message says why."""


@dataclass(frozen=True)
class Merged:
    """`files` by their path below the folder that was asked for; `says` names the commit, and why that one."""

    says: str
    files: Mapping[str, str] = field(default_factory=dict)


def merged(folder: Path, base: str | None = None) -> Merged:
    """The files below `folder` at HEAD's merge base with `base`, or else with origin's main branch, or else at HEAD.

    Asks no network. Outside a git repository there is nothing to compare with, which `says` says. Raises Unreadable.
    """
    if not any((place / ".git").exists() for place in folder.resolve().parents):
        return Merged("nothing: this is no git repository")
    try:
        commit, why = _chosen(folder, base or os.environ.get(BASE))
        return Merged(f"{commit[:10]}, {why}", _files(folder, commit)) if commit else Merged(f"nothing: {why}")
    except FileNotFoundError as error:
        raise Unreadable("git is not installed") from error


def _chosen(folder: Path, wanted: str | None) -> tuple[str, str]:
    """A commit and why it was taken; no commit where there is none yet."""
    head = _commit(folder, "HEAD")
    if not head:
        return "", "there is no commit yet"
    if wanted and not _commit(folder, wanted):
        raise Unreadable(f"{BASE} is {wanted!r}, which is no commit, branch or tag here")
    shallow = _try(folder, "rev-parse", "--is-shallow-repository") == "true"
    base = wanted or _main(folder)
    if not base:
        seen = " (a shallow clone without it: what is committed already is not compared)" if shallow else ""
        return head, f"HEAD, since origin's main branch is not known here{seen}"
    if common := _try(folder, "merge-base", "HEAD", base):
        return common, f"the merge base with {base}"
    why = "this clone is too shallow for their merge base" if shallow else "they have no commit in common"
    return _commit(folder, base), f"the tip of {base}: {why}"


def _main(folder: Path) -> str:
    head = _try(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    names = (head, "origin/main", "origin/master")
    return next((name for name in names if name and _commit(folder, name)), "")


def _commit(folder: Path, name: str) -> str:
    return _try(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def _files(folder: Path, commit: str) -> dict[str, str]:
    names = _git(folder, "ls-tree", "-r", "-z", "--name-only", commit, ".").split("\0")
    return {name: _git(folder, "show", f"{commit}:./{name}") for name in names if name}


def _try(folder: Path, *arguments: str) -> str:
    """The answer, or nothing when git says no."""
    done = _run(folder, *arguments)
    if "dubious ownership" in done.stderr:
        raise Unreadable(done.stderr.strip().splitlines()[0])
    return done.stdout.strip() if done.returncode == 0 else ""


def _git(folder: Path, *arguments: str) -> str:
    done = _run(folder, *arguments)
    if done.returncode:
        raise Unreadable(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(  # noqa: S603 - git, with the names of its own commits
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True,
        encoding="utf-8",
        env=quiet,
        check=False,
    )
