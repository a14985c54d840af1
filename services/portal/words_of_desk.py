"""What officers read in place of the codes of queues, cases and clocks."""

from collections.abc import Mapping

from services.portal.marked import N_

WORDS_OF_DESK: Mapping[str, Mapping[str, str]] = {
    "queue": {
        "new": N_("New"),
        "mine": N_("Mine"),
        "overdue_soon": N_("Due soon"),
        "waiting_for_requester": N_("Waiting for the requester"),
        "unassigned": N_("Nobody has it"),
        "urgent": N_("Urgent"),
        "work_items": N_("Work from other services"),
        "all": N_("All that is open"),
    },
    "case_kind": {
        "request": N_("Request for support"),
        "contact_lost": N_("A contact is lost"),
        "dead_letter": N_("A message could not be handled"),
        "lead_left": N_("Who led a pledge has left"),
    },
    "stage": {"waiting": N_("Waits"), "in_hand": N_("In hand"), "done": N_("Done")},
    "priority": {"urgent": N_("Urgent"), "high": N_("High"), "normal": N_("Normal"), "low": N_("Low")},
    "clock": {
        "acknowledge": N_("Acknowledge"),
        "scoping": N_("Accept, redirect or decline"),
        "offers": N_("Find offers"),
        "matched": N_("Match"),
    },
    "act": {
        "raised": N_("Came in"),
        "raised_again": N_("Came in again"),
        "assigned": N_("Given to an officer"),
        "handed_back": N_("Handed back"),
        "prioritised": N_("Priority changed"),
        "done": N_("Done"),
        "reopened": N_("Taken up again"),
    },
    "take": {
        "acknowledged": N_("Say that it was read"),
        "triaged": N_("Look into it"),
        "asked": N_("Ask for more"),
        "accepted": N_("Accept it: help will be looked for"),
        "redirected": N_("Redirect it to others"),
        "declined": N_("Decline it"),
        "matching_begun": N_("Begin to look for offers"),
        "delivery_begun": N_("The help begins"),
        "delivered": N_("The help was given"),
        "closed": N_("Close it"),
    },
    "report_by": {
        "all": N_("All together"),
        "region": N_("Region"),
        "type": N_("Kind of help"),
        "officer": N_("Officer who answered first"),
    },
    "report_measure": {
        "first_response": N_("Until the first response, in working hours"),
        "paused": N_("Waiting for the requester, in all"),
    },
    "case_due": {"overdue": N_("Overdue"), "soon": N_("Overdue, or due soon")},
    "case_which": {"open": N_("What is open"), "over": N_("What is over"), "any": N_("Both")},
    "case_order": {
        "due": N_("What is due first"),
        "priority": N_("What is most urgent first"),
        "newest": N_("The newest first"),
        "oldest": N_("The oldest first"),
    },
    # what changed on a page that is open; `by` is how the sentence `changed` goes on
    "live": {
        "changed": N_("Changed just now {by}: {what}."),
        "network_staff": N_("by a colleague"),
        "entity": N_("by the requester"),
        "system": N_("by rule"),
        "you": N_("by you"),
        "new": N_("it came in"),
        "stage": N_("its state"),
        "officer": N_("who has it"),
        "priority": N_("its priority"),
        "clock": N_("when it is due"),
        "conversation": N_("the conversation"),
        "queue": N_("This queue has changed."),
        "resync": N_("More has changed than can be shown here."),
    },
    "undone": {
        "stale": N_("somebody changed it since, so it stays as it is"),
        "not_yours": N_("what happened last with it was not your giving, so it stays as it is"),
        "over": N_("nothing is left to do with it"),
        "busy": N_("somebody is changing it at this moment; try again"),
        "twice": N_("is in the list twice"),
        "not_found": N_("is not there any more"),
    },
    "outcome": {
        "unchanged": N_("the officer has it already"),
        "stale": N_("somebody changed it since; look at it and try again"),
        "over": N_("nothing is left to do with it"),
        "busy": N_("somebody is changing it at this moment; try again"),
        "twice": N_("is in the list twice"),
        "not_found": N_("is not there any more"),
    },
}
