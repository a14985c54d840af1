"""The life of a pledge: what follows from which act, what a submission lacks, what the public gets to see. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.pledges.registry.schemas import Content, State
from shared.errors import Conflict, FieldProblem, Invalid
from shared.events import pledges as public
from shared.events.common import EntityRef

Act = Literal["save", "submit", "request_changes", "publish", "close"]

# An amendment is drafted in the working copy; the public keeps seeing the published version meanwhile.
_NEXT: dict[Act, dict[State, State]] = {
    "save": {"draft": "draft", "changes_requested": "changes_requested", "published": "draft"},
    "submit": {"draft": "submitted", "changes_requested": "submitted"},
    "request_changes": {"submitted": "changes_requested"},
    "publish": {"submitted": "published"},
    "close": {"draft": "closed", "submitted": "closed", "changes_requested": "closed", "published": "closed"},
}
_REMEDY: dict[State, str] = {
    "draft": "It is a draft: submit it first.",
    "submitted": "It is with the Network's staff: wait until they publish it or ask for changes.",
    "changes_requested": "Changes are asked for: save them and submit again.",
    "published": "It is published: save a change to begin an amendment.",
    "closed": "It is closed, and stays as it is.",
}


def follows(act: Act, state: State, *, version: int) -> State:
    """The state after the act. `version` counts what was published. Raises Conflict, saying what to do instead."""
    if act == "close" and version == 0:
        raise Conflict("It was never published, so there is nothing to close.")
    try:
        return _NEXT[act][state]
    except KeyError:
        raise Conflict(_REMEDY[state]) from None


def require_complete(content: Content) -> None:
    """Completeness, never merit. Raises Invalid with everything that a submission lacks."""
    if missing := lacking(content):
        raise Invalid(f"{len(missing)} field(s) are missing; the draft is kept as it is.", missing)


def lacking(content: Content) -> list[FieldProblem]:
    """What a submission lacks, field by field."""
    checks = [
        (not content.description.strip(), "description", "say in some sentences what is pledged"),
        (not content.objectives, "objectives", "name at least one of the 23 objectives, for example objective-7"),
        (not content.forms, "forms", "say in which form: financial, technical, human_resources, process or policy"),
        (not (content.period.end or content.targets), "period.end", "say until when, or add a target"),
        (content.kind == "matching" and not content.matches, "matches", "name the pledge that this one matches"),
        (
            content.kind != "matching" and content.matches is not None,
            "kind",
            "a pledge with `matches` is of kind matching",
        ),
        (
            content.kind in {"common", "in_partnership"} and not content.partners,
            "partners",
            "name who pledges with you",
        ),
    ]
    return [FieldProblem(field, "is needed for submission", remedy) for wrong, field, remedy in checks if wrong]


def changed(old: Content, new: Content) -> list[str]:
    """Names of the fields that differ."""
    return [name for name in Content.model_fields if getattr(old, name) != getattr(new, name)]


def require_known(fields: list[str]) -> None:
    """Raises Invalid for names that are no fields of a pledge."""
    unknown = [name for name in fields if name.split(".")[0] not in Content.model_fields]
    if unknown:
        known = ", ".join(Content.model_fields)
        faults = [
            FieldProblem("fields", f"{name} is no field of a pledge", f"name one of: {known}") for name in unknown
        ]
        raise Invalid("Some fields are not fields of a pledge; nothing was sent.", faults)


@dataclass(frozen=True)
class Publication:
    """What a new public version is made of. Times are business time, UTC."""

    pledge_id: UUID
    entity: EntityRef
    content: Content
    version: int
    sequence: int
    at: datetime
    first_at: datetime
    progress: public.Progress
    origin: Literal["submitted", "public_statement"] = "submitted"
    sources: tuple[public.Source, ...] = ()


def snapshot(made: Publication) -> public.PledgeSnapshot:
    """The whole public record of a pledge as it is published."""
    return public.PledgeSnapshot.model_validate(
        {
            **made.content.model_dump(),
            "pledge_id": made.pledge_id,
            "entity": made.entity,
            "sequence": made.sequence,
            "version": made.version,
            "state": "published",
            "origin": made.origin,
            "sources": made.sources,
            "progress": made.progress,
            "published_at": made.at,
            "first_published_at": made.first_at,
        }
    )


def closed(last: public.PledgeSnapshot, reason: str, superseded_by: UUID | None) -> public.PledgeSnapshot:
    """The last record of a pledge: what it was, and why it ended."""
    return _next(last, state="closed", closed_reason=reason, superseded_by=superseded_by)


def reported(last: public.PledgeSnapshot, status: str, at: datetime) -> public.PledgeSnapshot:
    """The same pledge after one more report. The pledge itself is not edited: its version stays."""
    progress = public.Progress(status=status, last_reported_at=at, reports=last.progress.reports + 1)
    return _next(last, progress=progress)


def renewed(last: public.PledgeSnapshot, entity: EntityRef) -> public.PledgeSnapshot:
    """The same record with the next sequence, for writing it afresh; `entity` as it is called now."""
    return _next(last, entity=entity)


def _next(last: public.PledgeSnapshot, **changes: object) -> public.PledgeSnapshot:
    return last.model_copy(update={"sequence": last.sequence + 1, **changes})
