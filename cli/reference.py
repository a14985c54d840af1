"""docs/cli.md, from the commands themselves: `python -m cli.reference` writes it, a test holds it against them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from cli.main import app
from cli.problems import SAYS

FILE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

HEAD = """# The command line

Generated from the commands: `.venv/bin/python -m cli.reference`. `gcm COMMAND --help` says the same.

With `--json` a command prints one JSON value, and an error is a JSON object on standard error. The shell completes
after `gcm --install-completion`; `gcm --show-completion` lets you look at it first.

On a local stack the addresses are known, and `--as PERSONA` acts as one of its personas. Elsewhere `gcm login` keeps
the addresses with the login, in a folder of the user's own: `GCM_STATE_DIR`, otherwise `$XDG_STATE_HOME/gcm` or
`~/.local/state/gcm`. `GCM_URL_PLEDGES`, `GCM_URL_NETWORK_SUPPORT`, `GCM_URL_NOTIFICATIONS` and `GCM_URL_ISSUER` win
over both. Tokens travel by https only, or within this machine.

`gcm --profile NAME …`, or `GCM_PROFILE`, keeps and uses a login of its own, with its addresses, entity and language:
for instance `gcm --profile trial login --pledges URL --issuer URL --entity ENTITY --language fr`, then
`gcm --profile trial pledge new FILE`. A profile never falls back to the local stack.

| exit status | means |
|---|---|
"""


def text() -> str:
    """The whole page."""
    statuses = "".join(f"| {number.value} | {says} |\n" for number, says in SAYS.items())
    return HEAD + statuses + "".join(_sections(typer.main.get_command(app), "gcm"))


def _sections(command: Any, name: str) -> Iterator[str]:
    if hasattr(command, "commands"):
        for word, inner in command.commands.items():
            yield from _sections(inner, f"{name} {word}")
    else:
        yield f"\n## {name}\n\n{_says(command)}\n"
        if rows := [_row(one) for one in command.params if one.name != "help"]:
            yield "\n| argument or option | |\n|---|---|\n" + "".join(rows)


def _says(command: Any) -> str:
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _row(one: Any) -> str:
    return f"| {_words(one)} | {(one.help or '').strip()} |\n"


def _words(one: Any) -> str:
    if one.param_type_name == "argument":
        word = (one.metavar or str(one.name).upper()).rstrip("…")
        return f"`{word}`" if one.required else f"`[{word}]`"
    value = "" if one.is_flag else f" {one.metavar or str(one.name).upper()}"
    return ", ".join(f"`{word}{value}`" for word in (*one.opts, *one.secondary_opts))


if __name__ == "__main__":
    FILE.write_text(text())
    sys.exit(0)
