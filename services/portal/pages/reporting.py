"""How a pledge goes: a progress report, which may correct an earlier one and bring files as evidence."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from services.portal.access import Person, SignedIn
from services.portal.attached import Again, Files, files_of, removed
from services.portal.choices import Choices
from services.portal.csrf import FormMaybeWithFile
from services.portal.page import done, language_of, page
from services.portal.pages.mine import memberships, path_of, writes_for
from services.portal.phrases import Words
from services.portal.problems import KEY, faults, new_key
from services.portal.reporting import corrected, filled, reading, rearranged
from services.portal.typed import Typed
from shared.client import Conflict, Missing, NotAllowed, Refused
from shared.client.models.pledges import PublicView
from shared.client.models.reports import Checked, Update
from shared.web.limits import LARGEST_BODY, LARGEST_FILE

router = APIRouter()

LARGER = {("POST", "/my/pledges/[^/]+/report"): LARGEST_FILE + LARGEST_BODY}
SHOWN = 5
MOST = 100  # reports among which one that is corrected may be


@dataclass(frozen=True)
class _Known:
    """`updates`: the newest first. `ours`: the entities for which the person reports, code and name.

    `files` are None where the person may send none.
    """

    pledge: PublicView
    updates: list[Update]
    ours: list[tuple[str, str]]
    files: Files | None

    @property
    def last(self) -> Update | None:
        """The newest that says more than that nothing has changed."""
        return next((one for one in self.updates if not one.no_change), None)

    @property
    def correctable(self) -> list[Update]:
        """Those that stand, of the person's own entities."""
        codes, first = dict(self.ours), self.pledge.entity.entity_id
        return [
            one
            for one in self.updates
            if not one.corrected_by and (one.reporter.entity_id if one.reporter else first) in codes
        ]

    @property
    def names(self) -> dict[str, str]:
        return self.files.names() if self.files else {}


@router.get("/my/pledges/{pledge_id}/report")
async def report_form(request: Request, pledge_id: UUID, person: SignedIn, corrects: str = "") -> Response:
    """With ?corrects=3 it begins with what report 3 says."""
    known = await _known(person, pledge_id)
    wrong = next((one for one in known.correctable if str(one.number) == corrects), None)
    targets = known.pledge.targets
    values = corrected(wrong, targets) if wrong else filled(known.last, targets)
    return await _page(request, person, known, values, {})


@router.post("/my/pledges/{pledge_id}/report")
async def report(request: Request, pledge_id: UUID, person: SignedIn, form: FormMaybeWithFile) -> Response:
    typed, known = Typed.sent(form), await _known(person, pledge_id)
    if again := rearranged(typed):
        return await _page(request, person, known, again, {})
    if typed.one("action").startswith("drop."):
        return await _dropped(request, person, known, typed)
    known, typed, wrong = await _received(request, person, known, form, typed)
    if wrong or typed.one("action") == "upload":
        return await _page(request, person, known, typed, wrong)
    read = reading(typed, known.last, known.pledge.targets, language_of(request), known.names)
    if read.faults:
        return await _page(request, person, known, read.values, read.faults)
    try:
        await person.client.pledges.report(pledge_id, read.report, key=typed.one(KEY) or None)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, read.place, Words(language_of(request)))
        return await _page(request, person, known, read.values, wrong)
    reporter = read.report.entity_id or next((code for code, _ in known.ours), None)
    stuck = read.report.stuck and reporter == known.pledge.entity.entity_id  # of a partner's no draft is made
    return done(f"{path_of(pledge_id)}/report", "reported-stuck" if stuck else "reported")


async def _received(
    request: Request, person: Person, known: _Known, form: FormData, typed: Typed
) -> tuple[_Known, Typed, dict[str, str]]:
    """The form with the file that came with it, which is kept from now on, whatever else is wrong."""
    sent, language = form.get("file"), language_of(request)
    if known.files is None or not isinstance(sent, UploadFile) or not sent.filename:
        lacks = typed.one("action") == "upload"
        return known, typed, {"file": language.gettext("Choose a file.")} if lacks else {}
    key = f"{typed.one(KEY) or new_key()}-file"
    try:
        made = await person.client.pledges.upload(known.pledge.pledge_id, Again(sent), name=sent.filename, key=key)
    except (Refused, Conflict) as refused:
        return known, typed, faults(refused, lambda _: "file", Words(language))
    files = replace(known.files, there=[made, *known.files.there])
    return replace(known, files=files), Typed([*typed.items(), ("files", str(made.attachment_id))]), {}


async def _dropped(request: Request, person: Person, known: _Known, typed: Typed) -> Response:
    """Without a file that was sent by mistake."""
    gone = typed.one("action").removeprefix("drop.")
    if gone in known.names:
        await removed(person, known.pledge.pledge_id, UUID(gone))
    kept = Typed((name, value) for name, value in typed.items() if (name, value) != ("files", gone))
    return await _page(request, person, await _known(person, known.pledge.pledge_id), kept, {})


async def _known(person: Person, pledge_id: UUID) -> _Known:
    pledges = person.client.pledges
    public, updates, held = await asyncio.gather(
        pledges.get(pledge_id), pledges.updates(pledge_id, limit=MOST), memberships(person)
    )
    parties = [public.entity.entity_id, *public.partner_entities]
    writes = dict(writes_for(held))
    ours = [(code, writes[code]) for code in parties if code in writes]
    files = await files_of(person, pledge_id) if public.entity.entity_id in writes else None
    return _Known(public, updates.items, ours, files)


async def _checks(person: Person, updates: Sequence[Update]) -> dict[int, Checked]:
    """Of these reports, how the check of their evidence stands, where it was asked for and the person may know."""
    found = await asyncio.gather(*(_check(person, one) for one in updates if one.evidence))
    return {one.number: one for one in found if one}


async def _check(person: Person, update: Update) -> Checked | None:
    try:
        return await person.client.pledges.checked(update.pledge_id, update.number)
    except (Missing, NotAllowed):
        return None


async def _page(request: Request, person: Person, known: _Known, values: Typed, wrong: dict[str, str]) -> Response:
    language = language_of(request)
    shown = known.updates[:SHOWN]
    given: dict[str, Any] = {
        "words": Words(language),
        "choices": Choices(language),
        "pledge": known.pledge,
        "updates": shown,
        "checks": await _checks(person, shown),
        "correctable": known.correctable,
        "ours": known.ours,
        "files": known.files.offered(values.all("files")) if known.files else None,
        "values": values,
        "faults": wrong,
        "key": new_key(),
        "form_path": "",
    }
    return page(request, "report.html", 422 if wrong else 200, **given)
