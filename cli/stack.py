"""gcm up, down, token: the whole system on this machine."""

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, say, show_json
from deploy import stack_file
from shared.refusal import Refused, explained

if TYPE_CHECKING:
    from deploy.local.state import State
    from deploy.local.up import Plan


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(down)
    app.command()(token)


def up(
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over: data, secrets and the clock are erased.")] = False,
) -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from deploy.local.stack import start_all
    from deploy.local.state import State

    run(State(), start_all, fresh=fresh)


def run(state: "State", plan: "Plan", *, fresh: bool) -> None:
    """Starts what the plan says, and returns after an orderly stop. Raises Refused for whatever hinders it."""
    from cli.terminal import Terminal, show
    from deploy.local.up import Up

    terminal = Terminal()
    try:
        Up(state, terminal, lambda stack: show(terminal.console, stack), plan).run(fresh=fresh)
    except Exception as error:  # noqa: BLE001 - whatever it is, the person reads a sentence, and the log has the rest
        raise _in_a_sentence(error, state) from None


def _in_a_sentence(error: BaseException, state: "State") -> BaseException:
    """Steps run at the same time, so several may fail at once: the first that has a sentence speaks for all."""
    causes = list(_leaves(error))
    for cause in causes:
        if refused := explained(cause):
            return refused
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return error
    logging.getLogger("stack").error("stack failed", exc_info=error)
    first = causes[0]
    return Refused(f"The start failed unexpectedly ({type(first).__name__}: {first}): see {state.log('supervisor')}.")


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [error]


def down() -> None:
    """Stop what `gcm up` runs, from another terminal."""
    from cli.terminal import Terminal
    from deploy.local.state import State
    from deploy.local.turns import down

    down(State(), Terminal())


def token(
    persona: Annotated[str, typer.Argument(help="One of those that `gcm up` lists, for instance amina.")],
    *,
    json: Json = False,
) -> None:
    """Print an access token of a persona of the demonstration, good for five minutes. On a local stack only."""
    found = persona_token(persona)
    if json:
        show_json({"access_token": found})
    else:
        say(found)


def persona_token(persona: str) -> str:
    """Raises Refused without a local stack that runs, or when it has no such persona."""
    from deploy.local.tokens import token

    stack = stack_file.running()
    names = [one["name"] for one in stack["personas"]]
    if persona not in names:
        raise Refused(f"There is no persona “{persona}”: {', '.join(names)}.")
    return token(int(stack["addresses"]["keycloak"].rpartition(":")[2]), persona, stack["persona_password"])
