"""gcm rehearse: which reminders would go in a month, to whom and why, and what they say. Nothing is sent."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connect import As, connected
from cli.output import Json, counting, note, say, show_json, table
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.rehearsals import Rehearsal, RehearsedMail, RehearsedText

POLL = 0.5  # seconds between two looks at how far it is
PATIENCE = 600  # seconds
Move = Annotated[
    list[str] | None,
    typer.Option(
        "--move", metavar="MILESTONE=DAY", help="As if it began then: plenary-2024=2024-12-12. May be repeated."
    ),
]
Policy = Annotated[
    Path | None, typer.Option(help="Another policy file; see docs/mails.md.", exists=True, dir_okay=False)
]
Read = Annotated[
    int | None,
    typer.Option("--read", metavar="NUMBER", help="Show what the mail with this number says, in each language."),
]


def register(app: typer.Typer) -> None:
    app.command()(rehearse)


def rehearse(
    month: Annotated[str, typer.Argument(help="2024-09")],
    *,
    policy: Policy = None,
    move: Move = None,
    read: Read = None,
    persona: As = None,
    json: Json = False,
) -> None:
    """Rehearse a month's reminders: each mail, to whom, why, and what it says. Nothing is sent.

    With another policy or day of a milestone, what would be different is shown. For Network staff.
    """
    text = policy.read_text("utf-8") if policy else None
    asyncio.run(_rehearse(month, text, [_move(one) for one in move or ()], read, persona, as_json=json))


def _move(text: str) -> tuple[str, str]:
    milestone, equals, day = text.partition("=")
    if not (milestone and equals and day):
        raise Refused(f"“{text}” names no milestone and day: write --move plenary-2024=2024-12-12.")
    return milestone, day


async def _rehearse(
    month: str,
    policy: str | None,
    moves: Sequence[tuple[str, str]],
    read: int | None,
    persona: str | None,
    *,
    as_json: bool,
) -> None:
    from shared.client.models.rehearsals import MilestoneMove, WantedRehearsal

    made = [MilestoneMove(milestone=milestone, starts=day) for milestone, day in moves]
    async with connected(persona) as client:
        ordered = await client.notifications.rehearse(WantedRehearsal(month=month, policy=policy, moves=made))
        found = await _done(client, ordered)
        changed = bool(policy or made)
        if as_json:
            show_json(await _everything(client, found, read, changed=changed))
        elif read is not None:
            _tell(await client.notifications.rehearsed_mail(found.rehearsal_id, read, changed=changed))
        else:
            await _show(client, found, changed=changed)


async def _done(client: "Client", ordered: "Rehearsal") -> "Rehearsal":
    found = ordered
    with counting("rehearsing") as count:
        async with asyncio.timeout(PATIENCE):
            while found.state in {"waiting", "running"}:
                await asyncio.sleep(POLL)
                found = await client.notifications.rehearsal(ordered.rehearsal_id)
                count(found.done)
    if found.state != "done":
        raise Refused(f"The rehearsal has failed: {found.fault}.")
    return found


async def _everything(client: "Client", found: "Rehearsal", read: int | None, *, changed: bool) -> dict[str, Any]:
    """With the words of each mail, or of the one that is to be read."""
    notifications, texts = client.notifications, []
    mails = [mail async for mail in notifications.rehearsed(found.rehearsal_id, changed=changed, limit=50)]
    with counting("reading", len(mails)) as count:
        for mail in mails:
            if read in {None, mail.number}:
                texts.append(await notifications.rehearsed_mail(found.rehearsal_id, mail.number, changed=changed))
                count(mail.number)
    differences = [one async for one in notifications.rehearsal_differences(found.rehearsal_id, limit=50)]
    return {"rehearsal": found, "mails": texts, "differences": differences}


async def _show(client: "Client", found: "Rehearsal", *, changed: bool) -> None:
    if found.paused:
        note("Reminders are paused now: while they are, none of these leaves.")
    _calendar(found, changed=changed)
    say("")
    mails = client.notifications.rehearsed(found.rehearsal_id, changed=changed, limit=50)
    heads = ("mail", "leaves at (UTC)", "to", "as", "for", "pledges", "why")
    table(heads, [_line(mail) async for mail in mails], "Nobody is reminded in this month.")
    if changed:
        await _differences(client, found)
    note(f"Read one with `gcm rehearse {found.month} --read NUMBER`. Nothing was sent.")


def _calendar(found: "Rehearsal", *, changed: bool) -> None:
    heads = ("day", "mails", "reminders", "nobody to write to", "skipped") + (("with the change",) if changed else ())
    rows = [
        (day.day, day.mails, day.reminders, day.nobody, sum(day.skipped.values()))
        + (("yes" if day.changed else "as it is",) if changed else ())
        for day in sorted(found.days, key=lambda day: (day.day, day.changed))
    ]
    table(heads, rows, "No reminder is due in this month.")


def _line(mail: "RehearsedMail") -> Sequence[object]:
    why = sorted({f"{one.milestone} {one.offset_days:+}" for one in mail.lists})
    leaves = f"{mail.leaves_at:%Y-%m-%d %H:%M}"
    to, roles = mail.name or "–", ", ".join(mail.roles)
    return mail.number, leaves, to, roles, ", ".join(mail.entities), len(mail.lists), ", ".join(why)


async def _differences(client: "Client", found: "Rehearsal") -> None:
    says = {"only_as_is": "goes no more", "only_changed": "goes newly", "lists_other": "is another one"}
    say("")
    rows = [
        (one.due_on, says.get(one.kind, one.kind), *_line(mail)[2:])
        async for one in client.notifications.rehearsal_differences(found.rehearsal_id, limit=50)
        if (mail := one.changed or one.as_is)
    ]
    table(("day", "mail", "to", "as", "for", "pledges", "why"), rows, "No mail would be different.")


def _tell(text: "RehearsedText") -> None:
    if text.fault:
        raise Refused(f"This mail says nothing now: {text.fault}.")
    for said in text.says:
        own = " (the reader’s)" if said.language == text.language else ""
        say(f"== {said.language}{own} ==\n{said.subject}\n\n{said.text}")
