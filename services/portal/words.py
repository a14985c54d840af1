"""What people read in place of codes that are no reference data (those have their labels in shared/reference)."""

from collections.abc import Callable, Mapping


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's tools know it
    """Marks a string for the catalogue; it is translated where it is shown."""
    return message


WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {
        "draft": N_("Draft"),
        "submitted": N_("Submitted"),
        "changes_requested": N_("Changes requested"),
        "published": N_("Published"),
        "closed": N_("Closed"),
    },
    "reason": {
        "fulfilled": N_("fulfilled"),
        "partly_fulfilled": N_("partly fulfilled"),
        "ended": N_("ended"),
        "withdrawn": N_("withdrawn"),
        "superseded": N_("superseded by another pledge"),
    },
    "support": {
        "requested": N_("Support was requested"),
        "matched": N_("Support was matched"),
        "delivered": N_("Support was delivered"),
    },
    "comparator": {
        "at_least": N_("at least"),
        "exactly": N_("exactly"),
        "at_most": N_("at most"),
        "about": N_("about"),
    },
    "action": {
        "published": N_("Published"),
        "amended": N_("Amended: a new version was published"),
        "reported": N_("Reported on"),
        "closed": N_("Closed"),
        "changed": N_("Details of the entity changed"),
    },
    "by": {
        "entity": N_("the entity"),
        "network_staff": N_("the Network’s staff"),
        "system": N_("the system"),
    },
    "field": {
        "title": N_("title"),
        "kind": N_("kind"),
        "matches": N_("matched pledge"),
        "description": N_("description"),
        "language": N_("language"),
        "main_objectives": N_("main objectives"),
        "objectives": N_("objectives"),
        "principles": N_("guiding principles"),
        "forms": N_("forms"),
        "targets": N_("targets"),
        "period": N_("period"),
        "review_cycle": N_("review cycle"),
        "partners": N_("partners"),
        "entity": N_("entity"),
        "sources": N_("sources"),
        "progress": N_("progress"),
        "state": N_("state"),
        "closed_reason": N_("reason of closing"),
        "superseded_by": N_("pledge that took its place"),
    },
    "voice": {"reported": N_("Reported"), "silent": N_("Silent")},
    "milestone": {
        "forum": N_("Forum"),
        "plenary": N_("Plenary"),
        "regional_review": N_("Regional review"),
        "hlpf": N_("High-level political forum"),
        "report_deadline": N_("Deadline of a report"),
    },
}


def said(translate: Callable[[str], str], kind: str, code: str) -> str:
    """The words of a code; a code that nobody knows yet stands for itself."""
    message = WORDS[kind].get(code)
    return translate(message) if message else code
