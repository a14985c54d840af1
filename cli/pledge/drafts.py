"""gcm pledge new, save, submit: from a draft to the Network."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.connect import As, preferred
from cli.output import Json, say
from cli.pledge.asking import Id, ask
from cli.pledge.content import TEMPLATE, File, as_asked, content, given
from cli.pledge.copies import settled
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.pledges import WorkingCopy

WRITERS = {"focal_point", "delegate"}


def register(group: typer.Typer) -> None:
    for command in (new, save, submit):
        group.command()(command)


def new(
    file: File = None,
    entity: Annotated[str | None, typer.Option(help="For whom you write; needed if you act for several.")] = None,
    title: Annotated[str | None, typer.Option(help="What is pledged, in a line.")] = None,
    description: Annotated[str | None, typer.Option(help="In your own words.")] = None,
    objective: Annotated[list[str] | None, typer.Option(help="As objective-4; may be repeated.")] = None,
    form: Annotated[list[str] | None, typer.Option(help="As financial; may be repeated.")] = None,
    submit: Annotated[bool, typer.Option("--submit", help="Send it to the Network at once.")] = False,
    template: Annotated[
        bool, typer.Option("--template", help="Only print a file with all fields, to fill in.")
    ] = False,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Save a draft, from a file, from options, or both: options win. --template prints such a file."""
    if template:
        say(TEMPLATE.read_text(encoding="utf-8").rstrip())
        return
    from shared.client.models.pledges import NewPledge

    options = {"entity_id": entity, "title": title, "description": description, "objectives": objective, "forms": form}
    usual = {"entity_id": preferred("entity", persona)}
    wish = as_asked(NewPledge, usual | content(file) | given(options) | given({"submit": submit}))

    async def work(client: "Client") -> "WorkingCopy":
        wish.entity_id = wish.entity_id or await own_entity(client)
        return await client.pledges.create(wish)

    settled(ask(work, persona), as_json=json)


async def own_entity(client: "Client") -> str:
    """The only one that the caller writes for. Raises Refused when there is none, or a choice."""
    held = (await client.pledges.me()).memberships
    ids = sorted({one.entity_id for one in held if one.role in WRITERS})
    if len(ids) != 1:
        raise Refused(f"Name the entity that you write for with --entity: {', '.join(ids) or 'you act for none'}.")
    return ids[0]


def save(pledge_id: Id, file: File, persona: As = None, *, json: Json = False) -> None:
    """Save the whole content anew, from a file: a draft, what was asked to be changed, or an amendment."""
    from shared.client.models.pledges import Saving

    wish = as_asked(Saving, content(file))

    async def work(client: "Client") -> "WorkingCopy":
        copy = await client.pledges.working_copy(pledge_id)
        return await client.pledges.save(pledge_id, wish, seen=copy.etag)

    settled(ask(work, persona), as_json=json)


def submit(pledge_id: Id, persona: As = None, *, json: Json = False) -> None:
    """Send it to the Network, whose staff check that it is complete. What is missing is said field by field."""

    async def work(client: "Client") -> "WorkingCopy":
        copy = await client.pledges.working_copy(pledge_id)
        return await client.pledges.submit(pledge_id, seen=copy.etag)

    settled(ask(work, persona), as_json=json)
