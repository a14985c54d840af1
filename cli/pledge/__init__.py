"""gcm pledge: drafts, submissions, files and reports of an entity, advice on them, and what is public."""

import typer

from cli.pledge import advice, attaching, drafts, reading, reports

NOUNS = (reading, drafts, advice, attaching, reports)


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Pledges: those that are public, and those of the entities you act for.", no_args_is_help=True
    )
    for noun in NOUNS:
        noun.register(group)
    app.add_typer(group, name="pledge")
