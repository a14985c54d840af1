"""gcm pledge list, show, status: what is there, and how it stands."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connect import As
from cli.output import Json, say, show_json, table
from cli.pledge.asking import Id, ask
from cli.pledge.copies import show_copy
from cli.pledge.standing import status
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.pledges import PublicItem, PublicView, WorkItem


def register(group: typer.Typer) -> None:
    group.command("list")(list_)
    group.command()(show)
    group.command()(status)


def list_(
    mine: Annotated[bool, typer.Option("--mine", help="Those of the entities you act for, drafts too.")] = False,
    submissions: Annotated[bool, typer.Option("--submissions", help="For staff: what waits to be checked.")] = False,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    entity: Annotated[str | None, typer.Option(help="Only of this entity; of public ones.")] = None,
    objective: Annotated[str | None, typer.Option(help="Only for this objective; of public ones.")] = None,
    cycle: Annotated[str | None, typer.Option(help="Only in the context of this review cycle; of public ones.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 50,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Public pledges, newest first; with --mine or --submissions, working copies."""
    public = {"entity": entity, "objective": objective, "cycle": cycle}
    working = mine or submissions
    if working and any(public.values()):
        raise Refused("--entity, --objective and --cycle choose among public pledges: leave out the other options.")

    def lines(client: "Client") -> Any:
        if mine:
            return client.pledges.mine(state=state)
        if submissions:
            return client.pledges.submissions(state=state)
        return client.pledges.list(state=state, entity=entity, objective=objective, cycle=cycle)

    found = ask(lambda client: _first(lines(client), limit), persona, signed_in=working)
    _show_lines(found, as_json=json)


def _show_lines(found: "list[PublicItem | WorkItem]", *, as_json: bool) -> None:
    if as_json:
        show_json(found)
    else:
        heads = ("pledge", "entity", "state", "title")
        table(heads, [(one.pledge_id, one.entity_id, one.state, one.title) for one in found], "There is none.")


async def _first(lines: Any, limit: int) -> list[Any]:
    found: list[Any] = []
    async for one in lines:
        found.append(one)
        if len(found) == limit:
            break
    return found


def show(
    pledge_id: Id,
    working: Annotated[
        bool, typer.Option("--working-copy", help="What is worked on, for those who may see it.")
    ] = False,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """One pledge as the public sees it, or with --working-copy as it is worked on."""
    if working:
        show_copy(ask(lambda client: client.pledges.working_copy(pledge_id), persona), as_json=json)
    else:
        _show_public(ask(lambda client: client.pledges.get(pledge_id), persona, signed_in=False), as_json=json)


def _show_public(found: "PublicView", *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    say(f"{found.title}\n{found.entity.name}; {found.state}, version {found.version} of {found.published_at:%Y-%m-%d}")
    reported = found.progress.last_reported_at
    say(f"Reported: {found.progress.status}, {reported:%Y-%m-%d}" if reported else "Nobody has reported on it yet.")
    if found.support:
        say(f"Support: {', '.join(one.status for one in found.support)}")
    say(f"\n{found.description}")
