"""gcm migrate, topics: what a release does to databases and to the cluster of topics."""

import os
from typing import Annotated

import typer

from cli.output import Json, say, show_json
from cli.services import ALL, Service
from deploy import stack_file
from shared.refusal import Refused


def register(app: typer.Typer) -> None:
    app.command()(migrate)
    app.command()(topics)


def migrate(
    services: Annotated[list[Service] | None, typer.Argument(help=ALL)] = None,
    *,
    json: Json = False,
) -> None:
    """Bring the databases to the newest schema; may be repeated, and several may run at once.

    The owner's address comes from GCM_OWNER_DATABASE_URL, for one service, otherwise from the local stack.
    """
    from importlib import import_module

    chosen = services or list(Service)
    for service in chosen:
        url = _owner_url(service, services)
        import_module(f"services.{service}.__main__").migrate(url)
        if not json:
            say(f"{service}: at the newest schema")
    if json:
        show_json({"migrated": chosen})


def _owner_url(service: Service, named: list[Service] | None) -> str:
    if url := os.environ.get("GCM_OWNER_DATABASE_URL"):
        if not named or len(named) > 1:
            raise Refused("GCM_OWNER_DATABASE_URL is the address of one database: name the one service that it is for.")
        return url
    databases = stack_file.stack().get("databases", {})
    if service not in databases:
        raise Refused("No database is known: set GCM_OWNER_DATABASE_URL, or start a local stack with `make up`.")
    return str(databases[service]["owner_url"])


def topics(*, json: Json = False) -> None:
    """Make the topics as deploy/topics.yaml wants them, at GCM_KAFKA_BOOTSTRAP or in the local stack."""
    import asyncio

    from deploy.topics import topics
    from shared.messaging.kafka import apply_topics

    bootstrap = os.environ.get("GCM_KAFKA_BOOTSTRAP") or stack_file.stack().get("addresses", {}).get("kafka")
    if not bootstrap:
        raise Refused("No cluster is known: set GCM_KAFKA_BOOTSTRAP, or start a local stack with `make up`.")
    changed = asyncio.run(apply_topics(bootstrap, topics()))
    if json:
        show_json({"changed": changed})
    else:
        say("\n".join(changed) or "Nothing to change.")
