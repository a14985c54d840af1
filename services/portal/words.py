"""What people read in place of codes that are no reference data (those have their labels in shared/reference)."""

from collections.abc import Callable, Mapping


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's tools know it
    """Marks a string for the catalogue; it is translated where it is shown."""
    return message


WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {
        "draft": N_("Draft"),
        "submitted": N_("Submitted"),
        "changes_requested": N_("Changes asked for"),
        "published": N_("Published"),
        "closed": N_("Closed"),
        "pending_pledge": N_("Waits for the pledge"),
        "refused": N_("Refused"),
        "acknowledged": N_("Acknowledged"),
        "withdrawn": N_("Withdrawn"),
    },
    "reason": {
        "fulfilled": N_("Fulfilled"),
        "partly_fulfilled": N_("Partly fulfilled"),
        "ended": N_("Ended"),
        "withdrawn": N_("Withdrawn"),
        "superseded": N_("Replaced by another pledge"),
    },
    "help": {
        "policy_integration": N_("Bringing it into national policy"),
        "objective_specific_help": N_("Help with an objective"),
        "stakeholder_inclusion": N_("Including stakeholders"),
        "knowledge_exchange": N_("Exchange of knowledge and practice"),
        "hub_participation": N_("Taking part in the Migration Network Hub"),
        "fund_proposal": N_("A proposal to the Migration Fund"),
        "un_team_coordination": N_("Coordination with the UN team in the country"),
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
    "step": {
        "created": N_("Draft begun"),
        "saved": N_("Saved"),
        "submitted": N_("Submitted"),
        "resubmitted": N_("Submitted again"),
        "changes_requested": N_("Changes asked for"),
        "published": N_("Published"),
        "recorded": N_("Recorded from a public statement"),
        "amended": N_("Amended: a new version was published"),
        "reported": N_("Reported on"),
        "closed": N_("Closed"),
        "merged": N_("Merged into another pledge that is the same"),
        "unmerged": N_("The merge was undone"),
        "signed_off": N_("Answered by a partner"),
        "confirmed": N_("Evidence was confirmed by the Network’s staff"),
        "changed": N_("Details of the entity changed"),
        "opened": N_("Asked for"),
        "decided": N_("Decided, when the pledge became known"),
        "acknowledged": N_("Acknowledged"),
        "withdrawn": N_("Withdrawn"),
    },
    "by": {
        "focal_point": N_("focal point"),
        "delegate": N_("delegate"),
        "viewer": N_("viewer"),
        "entity": N_("the entity"),
        "network_staff": N_("the Network’s staff"),
        "system": N_("the system"),
    },
    "field": {
        "title": N_("Title"),
        "kind": N_("Kind of pledge"),
        "matches": N_("Pledge that this one matches"),
        "matched": N_("Pledge that this one matches"),
        "description": N_("What is pledged"),
        "language": N_("Language of the text"),
        "objectives": N_("Objectives"),
        "main_objectives": N_("Main objectives"),
        "principles": N_("Guiding principles"),
        "forms": N_("Form of the contribution"),
        "targets": N_("Targets"),
        "period": N_("Period"),
        "review_cycle": N_("Review"),
        "partners": N_("Partners"),
        "partner_entities": N_("Partners that sign off themselves"),
        "translations": N_("The text in other languages"),
        "commitments": N_("Commitments of the Progress Declaration"),
        "levels": N_("Level"),
        "places": N_("Places"),
        "national_plan": N_("National implementation plan"),
        "sdg_targets": N_("Targets of the 2030 Agenda"),
        "frameworks": N_("Other frameworks"),
        "money": N_("Money"),
        "external_ids": N_("Identifiers in other systems"),
        "attachment": N_("Attached file"),
        "entity": N_("Entity"),
        "sources": N_("Sources"),
        "progress": N_("Progress"),
        "state": N_("State"),
        "closed_reason": N_("Why it was closed"),
        "superseded_by": N_("Pledge that replaces it"),
    },
    "part": {
        "what": N_("what is to be reached"),
        "unit": N_("unit"),
        "baseline": N_("where it stands today"),
        "comparator": N_("how it is measured"),
        "value": N_("number to reach"),
        "value_text": N_("goal in words"),
        "by": N_("by when"),
        "disaggregated_by": N_("broken down by"),
        "start": N_("Begins"),
        "end": N_("Ends"),
    },
    "criterion": {
        "specific": N_("Specific"),
        "measurable": N_("Measurable"),
        "achievable": N_("Achievable"),
        "relevant": N_("Relevant"),
        "time_bound": N_("Time-bound"),
    },
    "verdict": {
        "met": N_("yes"),
        "partly": N_("partly"),
        "not_met": N_("not yet"),
        "not_read": N_("not looked at"),
    },
    "severity": {
        "needed": N_("Needed"),
        "advised": N_("Advised"),
        "note": N_("Note"),
        "good": N_("Good"),
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
