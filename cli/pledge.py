"""gcm pledge: drafts, submissions and reports of an entity, and what is public."""

import asyncio
import json as json_text
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.connect import As, connected
from cli.output import Json, say, show_json, table
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.pledges import PublicItem, PublicView, WorkingCopy, WorkItem

pledge = typer.Typer(
    help="Pledges: those that are public, and those of the entities you act for.", no_args_is_help=True
)

Result = TypeVar("Result")
Id = Annotated[str, typer.Argument(metavar="PLEDGE", help="Its id.")]
Content = Annotated[Path | None, typer.Argument(metavar="FILE", help="JSON or YAML; - reads standard input.")]
WORK = ("submitted", "changes_requested", "draft")


def register(app: typer.Typer) -> None:
    app.add_typer(pledge, name="pledge")


def _do(work: "Callable[[Client], Awaitable[Result]]", persona: str | None, *, signed_in: bool = True) -> Result:
    async def do() -> Result:
        async with connected(persona, signed_in=signed_in) as client:
            return await work(client)

    return asyncio.run(do())


@pledge.command("list")
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

    found = _do(lambda client: _first(lines(client), limit), persona, signed_in=working)
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


@pledge.command()
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
        _show_copy(_do(lambda client: client.pledges.working_copy(pledge_id), persona), as_json=json)
    else:
        _show_public(_do(lambda client: client.pledges.get(pledge_id), persona, signed_in=False), as_json=json)


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


def _show_copy(copy: "WorkingCopy", *, as_json: bool) -> None:
    if as_json:
        show_json({**copy.model_dump(mode="json"), "etag": copy.etag})
        return
    say(f"{copy.content.title}\n{copy.entity.name}; {copy.state}, revision {copy.revision}; pledge {copy.pledge_id}")
    for wanted in copy.asked:
        say(f"  {wanted.field}: {wanted.says}")


def _settled(copy: "WorkingCopy", *, as_json: bool) -> None:
    """After a change: what it became, and what comes next."""
    _show_copy(copy, as_json=as_json)
    if not as_json and copy.state == "draft":
        say(f"Send it to the Network with `gcm pledge submit {copy.pledge_id}`.")


@pledge.command()
def new(
    file: Content = None,
    entity: Annotated[str | None, typer.Option(help="For whom you write.")] = None,
    title: Annotated[str | None, typer.Option(help="What is pledged, in a line.")] = None,
    description: Annotated[str | None, typer.Option(help="In your own words.")] = None,
    objective: Annotated[list[str] | None, typer.Option(help="As objective-4; may be repeated.")] = None,
    form: Annotated[list[str] | None, typer.Option(help="As financial; may be repeated.")] = None,
    submit: Annotated[bool, typer.Option("--submit", help="Send it to the Network at once.")] = False,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Save a draft, from a file, from options, or both: options win. What may be in it, the API says at /docs."""
    from shared.client.models.pledges import NewPledge

    options = {"entity_id": entity, "title": title, "description": description, "objectives": objective, "forms": form}
    wish = (
        _content(file)
        | {name: value for name, value in options.items() if value}
        | ({"submit": True} if submit else {})
    )
    content = _model(NewPledge, wish)
    made = _do(lambda client: client.pledges.create(content), persona)
    _settled(made, as_json=json)


@pledge.command()
def save(pledge_id: Id, file: Content, persona: As = None, *, json: Json = False) -> None:
    """Save the whole content anew, from a file: a draft, what was asked to be changed, or an amendment."""
    from shared.client.models.pledges import Saving

    content = _model(Saving, _content(file))

    async def work(client: "Client") -> "WorkingCopy":
        copy = await client.pledges.working_copy(pledge_id)
        return await client.pledges.save(pledge_id, content, seen=copy.etag)

    _settled(_do(work, persona), as_json=json)


@pledge.command()
def submit(pledge_id: Id, persona: As = None, *, json: Json = False) -> None:
    """Send it to the Network, whose staff check that it is complete. What is missing is said field by field."""

    async def work(client: "Client") -> "WorkingCopy":
        copy = await client.pledges.working_copy(pledge_id)
        return await client.pledges.submit(pledge_id, seen=copy.etag)

    _settled(_do(work, persona), as_json=json)


@pledge.command()
def report(
    pledge_id: Id,
    file: Content = None,
    status: Annotated[str | None, typer.Option(help="As in_progress, delayed or fulfilled.")] = None,
    summary: Annotated[str | None, typer.Option(help="How it goes, in your own words.")] = None,
    barrier: Annotated[list[str] | None, typer.Option(help="As resources; may be repeated.")] = None,
    no_change: Annotated[bool, typer.Option("--no-change", help="Nothing has changed since the last report.")] = False,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Say how it goes, from options, from a file, or both: options win. Reporting is voluntary."""
    from shared.client.models.reports import Report

    options = {"status": status, "summary": summary, "barriers": barrier, "no_change": no_change or None}
    said = _model(Report, _content(file) | {name: value for name, value in options.items() if value})
    made = _do(lambda client: client.pledges.report(pledge_id, said), persona)
    if json:
        show_json(made)
    else:
        say(f"Report {made.number} is recorded: {made.status}, {made.reported_at:%Y-%m-%d}.")


def _content(file: Path | None) -> dict[str, Any]:
    """What a file holds; nothing without a file. Raises Refused when it cannot be read or is no mapping."""
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text()
        found = json_text.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except (OSError, ValueError) as error:
        raise Refused(f"{file} cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(found, dict):
        raise Refused(f"{file} holds no fields: write them as in the example at /docs of the pledges service.")
    return found


def _yaml(text: str) -> Any:
    """All values as texts: a date may be as short as a year, and a number is exact."""
    import yaml

    try:
        return _nothing(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - makes texts, lists and mappings only
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _nothing(value: Any) -> Any:
    """With null where YAML says so."""
    if isinstance(value, dict):
        return {name: _nothing(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_nothing(one) for one in value]
    return None if value in ("null", "~") else value


def _model(model: Any, fields: dict[str, Any]) -> Any:
    """As the API wants it; what only the service knows, it says itself. Raises Refused, a line a field."""
    from pydantic import ValidationError

    try:
        return model.model_validate(fields)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise Refused("\n".join(["Some fields need a change; nothing was sent.", *lines])) from error
