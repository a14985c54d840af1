"""The Chromium that these tests drive: the machine's own, or Debian's package where root may install it."""

import os
import shutil
import subprocess

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # root's Chromium has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str:
    """Its path. Where there is none and none may be installed the tests are skipped, but never in CI."""
    found = os.environ.get("GCM_CHROMIUM") or _on_path()
    if found:
        return found
    hindrance = _install()
    if found := _on_path():
        return found
    sentence = f"NO BROWSER TESTS: no Chromium ({hindrance}). Install Debian's “chromium”, or set GCM_CHROMIUM."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> str:
    """Installs Debian's package if we are root there; says what hindered it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "only root of a Debian installs it here"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-core")):
        done = subprocess.run(  # noqa: S603 - a fixed command
            ("apt-get", "-qq", *command),  # noqa: S607 - Debian's own, wherever it is
            env=quiet,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return done.stderr.strip()[-500:]
    return "installed, but not on the PATH"
