"""gcm pledge status: how a pledge stands, in public or on its way there."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cli.connect import As
from cli.output import Json, say, show_json, table
from cli.pledge.asking import Id, ask
from cli.pledge.copies import show_copy

if TYPE_CHECKING:
    from decimal import Decimal

    from shared.client import Client
    from shared.client.models.pledges import PublicView, Sum
    from shared.client.models.reports import Measured, Update

BOUNDS = {"up_to": "up to ", "at_least": "at least ", "about": "about "}


def status(pledge_id: Id, persona: As = None, *, json: Json = False) -> None:
    """Say how it stands: its state, reports, evidence, shares of its targets, money, and what its partners answered.

    What is public needs no sign-in; what is not is shown to those who may see the working copy.
    """
    from shared.client import Missing

    try:
        found, reached = ask(lambda client: _public(client, pledge_id), persona, signed_in=False)
    except Missing:
        show_copy(ask(lambda client: client.pledges.working_copy(pledge_id), persona), as_json=json)
        return
    _show(found, reached, as_json=json)


Reached = list[tuple[int, "Measured"]]  # values with the numbers of their reports


async def _public(client: "Client", pledge_id: str) -> "tuple[PublicView, Reached]":
    found = await client.pledges.get(pledge_id)
    return found, newest([one async for one in client.pledges.updates(pledge_id, limit=100)])


def newest(updates: "Iterable[Update]") -> Reached:
    """The newest value of each target; `updates` come newest first. What was corrected counts no more."""
    found: dict[str, tuple[int, Measured]] = {}
    for update in updates:
        if update.corrected_by is None:
            for value in update.values:
                found.setdefault(value.target, (update.number, value))
    return list(found.values())


def _show(found: "PublicView", reached: Reached, *, as_json: bool) -> None:
    if as_json:
        targets = [{"report": number, **value.model_dump()} for number, value in reached]
        names = {"pledge_id", "title", "state", "version", "entity", "progress", "pledged", "sign_offs", "support"}
        show_json(found.model_dump(include=names) | {"targets": targets})
        return
    for line in _lines(found):
        say(line)
    if reached:
        say("")
        table(("report", "value", "share", "target"), [_row(*one) for one in reached], "")


def _lines(found: "PublicView") -> Iterator[str]:
    yield f"{found.title}\n{found.entity.name}; {found.state}, version {found.version} of {found.published_at:%Y-%m-%d}"
    at = found.progress.last_reported_at
    yield (
        f"Reported: {found.progress.status}, {at:%Y-%m-%d}; reports: {found.progress.reports}; "
        f"evidence: {found.progress.evidence or 'none'}"
        if at
        else "Nobody has reported on it yet."
    )
    if found.pledged or found.progress.paid:
        yield f"Money pledged: {_money(found.pledged)}; paid: {_money(found.progress.paid)}"
    for one in found.sign_offs:
        reason = f": {one.reason}" if one.reason else ""
        yield f"Partner {one.entity.name}: {one.answer}{reason}"
    if found.support:
        yield f"Support: {', '.join(one.status for one in found.support)}"


def _money(sums: "list[Sum]") -> str:
    return ", ".join(f"{BOUNDS.get(one.bound, '')}{one.amount:,f} {one.currency}" for one in sums) or "none said"


def _row(number: int, value: "Measured") -> tuple[object, ...]:
    said = value.value_text if value.value is None else f"{value.value:,f}"
    share = _percent(value.share) or (value.not_comparable or "").replace("_", " ")
    return number, f"{said} {value.unit or ''}".strip(), share, value.target


def _percent(share: "Decimal | None") -> str:
    """Rounded down: who is not there yet is not shown as if they were."""
    return "" if share is None else f"{int(share * 100)} %"
