"""The life of a pledge: what follows from which act, what a submission lacks, what the public gets to see. No I/O."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.pledges.registry import money
from services.pledges.registry.content import (
    LARGEST,
    MOST,
    STORED,
    Content,
    ExternalId,
    Money,
    Period,
    Place,
    Plan,
    Strict,
    Target,
    Translation,
)
from services.pledges.registry.schemas import State
from shared.errors import Conflict, FieldProblem, Forbidden, Invalid
from shared.events import pledges as public
from shared.events.common import EntityRef
from shared.reference import catalogue

Act = Literal["save", "submit", "request_changes", "publish", "close", "record", "merge", "unmerge", "accept", "refuse"]
By = Literal["entity", "proxy", "network_staff"]

# who may do it at all: a focal point or delegate of the entity, or Network staff; viewers and reviewers only read
_MAY: dict[Act, tuple[By, ...]] = {
    "save": ("entity", "proxy"),
    "submit": ("entity", "proxy"),
    "request_changes": ("network_staff",),
    "publish": ("network_staff",),
    "close": ("entity", "network_staff"),
    "record": ("network_staff",),
    "merge": ("network_staff",),
    "unmerge": ("network_staff",),
    "accept": ("entity",),
    "refuse": ("entity",),
}
_NAMES: dict[By, str] = {
    "entity": "focal points and delegates of its entity",
    "proxy": "those of the entity that filed it",
    "network_staff": "Network staff",
}

# An amendment is drafted in the working copy; the public keeps seeing the published version meanwhile.
_NEXT: dict[Act, dict[State, State]] = {
    "save": {"draft": "draft", "changes_requested": "changes_requested", "published": "draft"},
    "submit": {"draft": "submitted", "changes_requested": "submitted"},
    "request_changes": {"submitted": "changes_requested"},
    "publish": {"submitted": "published"},
    "close": {"draft": "closed", "submitted": "closed", "changes_requested": "closed", "published": "closed"},
    "record": {},  # a statement is published as it is recorded
    "merge": {"draft": "closed", "submitted": "closed", "changes_requested": "closed", "published": "closed"},
    "unmerge": {},  # back to what it was
    # by the entity, of what another one filed in its name; what it refuses goes back to be amended
    "accept": {"draft": "draft", "submitted": "submitted", "changes_requested": "changes_requested"},
    "refuse": {"draft": "draft", "submitted": "changes_requested", "changes_requested": "changes_requested"},
}
# what a field consists of; the others of several values are lists of codes, names or ids
_WHOLE: dict[str, type[Strict]] = {"period": Period, "national_plan": Plan}
_EACH: dict[str, type[Strict]] = {
    "targets": Target,
    "translations": Translation,
    "places": Place,
    "money": Money,
    "external_ids": ExternalId,
}
_SIMPLE = frozenset({"title", "kind", "matches", "description", "language", "review_cycle", "attachment"})
_LISTS = frozenset(Content.model_fields) - _SIMPLE - _WHOLE.keys()
_FIELDS = Content.model_json_schema()["properties"]
_PLACES = {name: frozenset(map(str, range(_FIELDS[name].get("maxItems", MOST)))) for name in _LISTS}
_REMEDY: dict[State, str] = {
    "draft": "It is a draft: submit it first.",
    "submitted": "It is with the Network's staff: wait until they publish it or ask for changes.",
    "changes_requested": "Changes are asked for: save them and submit again.",
    "published": "It is published: save a change to begin an amendment.",
    "closed": "It is closed, and stays as it is.",
}


def acting(act: Act, *, for_entity: bool, is_staff: bool, for_proxy: bool = False) -> By:
    """In which capacity the act is done; who has several acts for the entity if they may. Raises Forbidden."""
    capacities: dict[By, bool] = {"entity": for_entity, "proxy": for_proxy, "network_staff": is_staff}
    for by in _MAY[act]:
        if capacities[by]:
            return by
    raise Forbidden(f"Only {' or '.join(_NAMES[by] for by in _MAY[act])} may do this.")


def follows(act: Act, state: State, *, version: int, merged_from: State | None = None) -> State:
    """The state after the act. `version` counts what was published; `merged_from`: its state before it was merged.

    Raises Conflict, saying what to do instead.
    """
    if act in {"close", "merge"} and version == 0:
        raise Conflict("It was never published, so there is nothing to close.")
    if merged_from is not None:
        return _of_merged(act, merged_from)
    if act == "unmerge":
        raise Conflict("It is not merged into another pledge: there is nothing to undo.")
    try:
        return _NEXT[act][state]
    except KeyError:
        raise Conflict(_REMEDY[state]) from None


def _of_merged(act: Act, merged_from: State) -> State:
    if act == "unmerge":
        return merged_from
    raise Conflict("It was merged into another pledge: work on that one, or undo the merge first.")


def require_ready(content: Content, *, submit: bool) -> None:
    """What a new pledge must be by itself, whatever it refers to. Raises Invalid."""
    require_fits(content)
    if submit:
        require_complete(content)


def require_recordable(content: Content) -> None:
    """What a statement must be by itself: it is published complete or not. Raises Invalid."""
    require_fits(content)
    faults = [FieldProblem(field, "does not fit", remedy) for wrong, field, remedy in _matching(content) if wrong]
    if faults:
        raise Invalid("Who matches a pledge names it; nothing was saved.", faults)


def refers(content: Content) -> bool:
    """Whether it names what may not be there, which only the database can tell.

    An import asks again about nothing else: whatever commands.py comes to look up for a new pledge belongs here too.
    """
    named = content.partner_entities or content.attachment or content.matches
    return bool(named or (content.review_cycle and content.review_cycle not in catalogue.CYCLES))


def require_complete(content: Content) -> None:
    """Completeness, never merit. Raises Invalid with everything that a submission lacks."""
    if missing := lacking(content):
        raise Invalid(f"{len(missing)} field(s) are missing; the draft is kept as it is.", missing)


def lacking(content: Content) -> list[FieldProblem]:
    """What a submission lacks, field by field."""
    checks: list[tuple[bool, str, str]] = [
        (not content.description.strip(), "description", "say in some sentences what is pledged"),
        (not content.objectives, "objectives", "name at least one of the 23 objectives, for example objective-7"),
        (not content.forms, "forms", "say in which form: financial, technical, human_resources, process or policy"),
        (not (content.period.end or content.targets), "period.end", "say until when, or add a target"),
        *_matching(content),
        (
            content.kind in {"common", "in_partnership"} and not (content.partners or content.partner_entities),
            "partners",
            "name who pledges with you",
        ),
    ]
    return [FieldProblem(field, "is needed for submission", remedy) for wrong, field, remedy in checks if wrong]


def _matching(content: Content) -> list[tuple[bool, str, str]]:
    matching, named = content.kind == "matching", content.matches is not None
    return [
        (matching and not named, "matches", "name the pledge that this one matches"),
        (named and not matching, "kind", "a pledge with `matches` is of kind matching"),
    ]


def require_fits(content: Content) -> None:
    """Raises Invalid, naming the largest field, for more than one event can tell of."""
    if len(content.model_dump_json().encode()) <= LARGEST:  # perhaps of more than content
        return
    size = len(content.model_dump_json(include=set(Content.model_fields)).encode())
    if size <= LARGEST:
        return
    sizes = {name: len(content.model_dump_json(include={name}).encode()) for name in Content.model_fields}
    field = max(sizes, key=sizes.__getitem__)
    fault = FieldProblem(field, f"is {sizes[field]:,} bytes of it", "shorten it, or send the long text as a file")
    raise Invalid(f"A pledge has at most {LARGEST:,} bytes as JSON; this one has {size:,}.", [fault])


def require_partners(entity_id: str, named: list[str], known: Collection[str]) -> None:
    """Raises Invalid for a partner that is the pledge's own entity, and for one that is none."""
    wrong = [(place, code) for place, code in enumerate(named) if code == entity_id or code not in known]
    faults = [
        FieldProblem(f"partner_entities.{place}", "is the pledge's own entity", "leave it out: it leads the pledge")
        if code == entity_id
        else FieldProblem(
            f"partner_entities.{place}", f"names no entity: {code}", "look it up: GET /entities?q=…, or use partners"
        )
        for place, code in wrong
    ]
    if faults:
        raise Invalid("Some partners cannot be partners; nothing was saved.", faults)


def changed(old: Content, new: Content) -> list[str]:
    """Names of the fields that differ."""
    return [name for name in Content.model_fields if getattr(old, name) != getattr(new, name)]


def require_known(paths: list[str]) -> None:
    """Raises Invalid for what is no place in a pledge: names of fields travel on a topic, and text must not."""
    unknown = [(place, path) for place, path in enumerate(paths) if not _is_place(path.split("."))]
    if unknown:
        remedy = f"name one of: {', '.join(Content.model_fields)}"
        faults = [FieldProblem(f"fields.{place}.field", f"{path} is no field", remedy) for place, path in unknown]
        raise Invalid("Some fields are not fields of a pledge; nothing was sent.", faults)


def _is_place(path: list[str]) -> bool:
    match path:
        case [name]:
            return name in Content.model_fields
        case [name, part] if name in _WHOLE:
            return part in _WHOLE[name].model_fields
        case [name, place, part] if name in _EACH:
            return place in _PLACES[name] and part in _EACH[name].model_fields
        case [name, place] if name in _LISTS:
            return place in _PLACES[name]
    return False


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
    attached: public.Attached | None = None
    proxy: EntityRef | None = None


def snapshot(made: Publication) -> public.PledgeSnapshot:
    """The whole public record of a pledge as it is published."""
    return public.PledgeSnapshot.model_validate(
        {
            **made.content.model_dump(),
            "pledge_id": made.pledge_id,
            "entity": made.entity,
            "pledged": money.sums(made.content.money),
            "attached": made.attached,
            "sequence": made.sequence,
            "version": made.version,
            "state": "published",
            "origin": made.origin,
            "sources": made.sources,
            "proxy": made.proxy,
            "progress": made.progress,
            "published_at": made.at,
            "first_published_at": made.first_at,
        }
    )


def content_of(last: public.PledgeSnapshot) -> Content:
    """What is public, as a working copy."""
    return Content.model_validate(last.model_dump(include=set(Content.model_fields)), context=STORED)


def closed(last: public.PledgeSnapshot, reason: str, superseded_by: UUID | None) -> public.PledgeSnapshot:
    """The last record of a pledge: what it was, and why it ended."""
    return _next(last, state="closed", closed_reason=reason, superseded_by=superseded_by)


def merged(last: public.PledgeSnapshot, into: UUID) -> public.PledgeSnapshot:
    """The record of a pledge that is the same as another one: it stays to be read, and counts nowhere."""
    return _next(last, state="closed", closed_reason="superseded", superseded_by=into, merged=True)


def unmerged(last: public.PledgeSnapshot) -> public.PledgeSnapshot:
    """Open again as it was; what was done to its record meanwhile, such as a new name of its entity, stays."""
    return _next(last, state="published", closed_reason=None, superseded_by=None, merged=False)


def progressed(last: public.PledgeSnapshot, progress: public.Progress) -> public.PledgeSnapshot:
    """The same pledge with what is reported now. The pledge itself is not edited: its version stays."""
    return _next(last, progress=progress)


def signed(last: public.PledgeSnapshot, sign_offs: list[public.SignOff]) -> public.PledgeSnapshot:
    """The same pledge with what its partners say now."""
    return _next(last, sign_offs=sign_offs)


def renewed(last: public.PledgeSnapshot, entity: EntityRef) -> public.PledgeSnapshot:
    """The same record with the next sequence, for writing it afresh; `entity` as it is called now."""
    return _next(last, entity=entity)


def _next(last: public.PledgeSnapshot, **changes: object) -> public.PledgeSnapshot:
    return last.model_copy(update={"sequence": last.sequence + 1, **changes})
