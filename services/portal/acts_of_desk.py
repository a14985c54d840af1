"""What was done on the desk, said on the page after it. Part of acts.DONE."""

from collections.abc import Callable, Mapping

from services.portal.language import Language

DONE_ON_THE_DESK: Mapping[str, Callable[[Language], str]] = {
    "case-given": lambda language: language.gettext("Given. To undo it, hand it back or give it to somebody else."),
    "case-back": lambda language: language.gettext("It is back with the desk. To undo it, take it again."),
    "case-prioritised": lambda language: language.gettext("The priority is changed."),
    "case-done": lambda language: language.gettext("Done. It can be taken up again here."),
    "case-reopened": lambda language: language.gettext("Taken up again."),
    "request-merged": lambda language: language.gettext(
        "Merged. The other request goes on for both; you can undo it here."
    ),
    "request-unmerged": lambda language: language.gettext(
        "Undone: the request stands by itself again, and its clocks go on."
    ),
    "queue-restored": lambda language: language.gettext("The queue is there again."),
    "profile-saved": lambda language: language.gettext("Saved. The rules go by it from the next case on."),
    "step-taken": lambda language: language.gettext(
        "Done. Where the requester should hear of it, their focal points get an e-mail."
    ),
}
