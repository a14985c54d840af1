"""gcm pledge report: how a pledge goes, as its entity says it."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from cli.connect import As
from cli.output import Json, say, show_json
from cli.pledge.asking import Id, ask
from cli.pledge.content import File, as_asked, content, given
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.reports import Report, Update


def register(group: typer.Typer) -> None:
    group.command()(report)


def report(
    pledge_id: Id,
    file: File = None,
    status: Annotated[str | None, typer.Option(help="As in_progress, delayed or fulfilled.")] = None,
    summary: Annotated[str | None, typer.Option(help="How it goes, in your own words.")] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(metavar="TARGET=VALUE", help='As "Posts that issue documents=7 posts"; may be repeated.'),
    ] = None,
    barrier: Annotated[list[str] | None, typer.Option(help="As resources; may be repeated.")] = None,
    paid: Annotated[
        list[str] | None,
        typer.Option(metavar="MONEY", help='All that is paid so far, as "1100000 EUR"; once a currency.'),
    ] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(metavar="URL|FILE_ID", help="Where others can see it; may be repeated.")
    ] = None,
    ask_confirmation: Annotated[
        bool, typer.Option("--ask-confirmation", help="Ask the Network's staff to check the evidence.")
    ] = False,
    corrects: Annotated[
        int | None, typer.Option(help="The number of the report that this one replaces.", min=1)
    ] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="You cannot go on alone.")] = False,
    no_change: Annotated[bool, typer.Option("--no-change", help="Nothing has changed since the last report.")] = False,
    entity: Annotated[str | None, typer.Option(help="For whom you report; needed if you act for several.")] = None,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Say how it goes, from options, from a file, or both: options win. Reporting is voluntary."""
    from shared.client.models.reports import Report

    lists = {"values": _each(_value, value), "paid": _each(_money, paid), "evidence": _each(_evidence, evidence)}
    flags = {"ask_confirmation": ask_confirmation, "stuck": stuck, "no_change": no_change}
    words = {"status": status, "summary": summary, "barriers": barrier, "corrects": corrects, "entity_id": entity}
    said = as_asked(Report, content(file) | given({**words, **lists, **flags}))
    made = ask(lambda client: _sent(client, pledge_id, said), persona)
    if json:
        show_json(made)
    else:
        say(f"Report {made.number} is recorded: {made.status}, {made.reported_at:%Y-%m-%d}.")


async def _sent(client: "Client", pledge_id: str, said: "Report") -> "Update":
    """Without change, the report that is confirmed is the last one as it is read here: a newer one refuses it."""
    if said.no_change and said.confirms is None:
        last = (await client.pledges.updates(pledge_id, limit=1)).items
        if last:
            said.confirms = last[0].number
    return await client.pledges.report(pledge_id, said)


def _each(read: Any, words: list[str] | None) -> list[dict[str, Any]]:
    return [read(one) for one in words or ()]


def _value(words: str) -> dict[str, Any]:
    """What no number begins is a value in words."""
    target, equals, said = (part.strip() for part in words.rpartition("="))
    if not (target and equals and said):
        raise Refused(f"“{words}” is no value: write TARGET=VALUE, as in “Posts that issue documents=7 posts”.")
    number, _, unit = said.partition(" ")
    if (value := _number(number)) is None:
        return {"target": target, "value_text": said}
    return {"target": target, "value": value} | given({"unit": unit.strip()})


def _money(words: str) -> dict[str, Any]:
    amount, _, currency = words.strip().partition(" ")
    value = _number(amount)
    if value is None or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise Refused(f"“{words}” is no money: write a number and an ISO 4217 code, as in “1100000 EUR”.")
    return {"amount": value, "currency": currency}


def _number(words: str) -> Decimal | None:
    try:
        found = Decimal(words)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _evidence(words: str) -> dict[str, Any]:
    try:
        return {"file": UUID(words)}
    except ValueError:
        return {"url": words}
