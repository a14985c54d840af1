"""What was done with offers and matches, said on the page after it. Part of acts.DONE."""

from collections.abc import Callable, Mapping

from services.portal.language import Language

DONE_WITH_OFFERS: Mapping[str, Callable[[Language], str]] = {
    "offer-made": lambda language: language.gettext(
        "Thank you. The Network’s staff get an e-mail and check that your offer is complete; your focal points get"
        " another one when they have."
    ),
    "offer-recorded": lambda language: language.gettext("Recorded. It can be matched from its first day on."),
    "offer-resubmitted": lambda language: language.gettext(
        "Saved. The Network’s staff check it again; until then it is not matched. Matches that there are stay."
    ),
    "offer-accepted": lambda language: language.gettext(
        "Found complete: it can be matched now. The focal points of the entity get an e-mail."
    ),
    "offer-returned": lambda language: language.gettext(
        "The focal points of the entity get an e-mail, and see on the offer what you asked. It comes back when they"
        " have changed it."
    ),
    "offer-withdrawn": lambda language: language.gettext(
        "Withdrawn: it is matched no more. You can undo it here; matches that there are stay."
    ),
    "offer-restored": lambda language: language.gettext("The withdrawal is undone."),
    "offer-proposed": lambda language: language.gettext(
        "Proposed. The requester does not see it yet, and its capacity stays as it is."
    ),
    "proposal-dropped": lambda language: language.gettext("Dropped. You can propose it again."),
    "offers-matched": lambda language: language.gettext(
        "Matched. The requester can read your reply, and the capacity of each offer has gone down. Their focal points,"
        " and those of the entities that offer, get an e-mail. You can undo each match here."
    ),
    "match-released": lambda language: language.gettext(
        "Undone. The offer has its capacity back, and the requester can read why."
    ),
}
