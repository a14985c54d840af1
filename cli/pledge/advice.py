"""gcm pledge advise: what could be better in a pledge, before anybody else reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from cli.connect import As, preferred
from cli.output import Json, say, show_json
from cli.pledge.asking import ask
from cli.pledge.content import as_asked, content, given

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.advice import Advice, Finding
    from shared.client.models.duplicates import Candidate

BESIDE = {"submit", "proxy_entity_id"}  # what a file for `gcm pledge new` may hold besides the pledge
Subject = Annotated[
    str, typer.Argument(metavar="FILE|PLEDGE", help="A file as for `gcm pledge new`, or a pledge's id.")
]


def register(group: typer.Typer) -> None:
    group.command()(advise)


def advise(
    subject: Subject,
    entity: Annotated[str | None, typer.Option(help="For whom you write; without, no duplicates are sought.")] = None,
    language: Annotated[str, typer.Option(help="One of the six UN languages, for instance fr.")] = "",
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Say what could be better in it, and which pledges may be the same. Nothing is saved, and nothing is blocked:
    whatever the advice says, the exit status is 0."""
    from shared.client.models.advice import Asking

    read = None if _is_id(subject) else as_asked(Asking, _written(Path(subject), entity, persona))

    async def work(client: "Client") -> "Advice":
        asking = read or as_asked(Asking, await _saved(client, subject))
        return await client.pledges.advise(asking, language=language or preferred("language", persona))

    _show(ask(work, persona), as_json=json)


def _written(file: Path, entity: str | None, persona: str | None) -> dict[str, Any]:
    fields = {name: one for name, one in content(file).items() if name not in BESIDE}
    return given({"entity_id": preferred("entity", persona)}) | fields | given({"entity_id": entity})


def _is_id(subject: str) -> bool:
    try:
        UUID(subject)
    except ValueError:
        return False
    return True


async def _saved(client: "Client", pledge_id: str) -> dict[str, Any]:
    copy = await client.pledges.working_copy(pledge_id)
    return copy.content.model_dump() | {"entity_id": copy.entity.entity_id, "pledge_id": pledge_id}


def _show(found: "Advice", *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    for line in (*_smart(found), *_findings(found.findings), *_duplicates(found.duplicates)):
        say(line)


def _smart(found: "Advice") -> Iterator[str]:
    for one in found.smart:
        yield f"{one.criterion}: {one.verdict}"
        yield from _findings(one.reasons)
        if one.suggestion:
            yield f"  → {one.suggestion}"


def _findings(found: "list[Finding]") -> Iterator[str]:
    return (f"  [{one.severity}] {one.field}: {one.text}" for one in found)


def _duplicates(found: "list[Candidate]") -> Iterator[str]:
    if found:
        yield "\nThese may be the same:"
    for one in found:
        yield f"  {one.pledge_id} {one.entity.name}: {one.title} ({one.state})"
        yield from (f"    {reason.says}" for reason in one.reasons)
