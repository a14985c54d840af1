"""What pages say after an act: what was done, and what happens next (docs/mails.md has who gets a mail)."""

from collections.abc import Callable

from services.portal.acts_of_desk import DONE_ON_THE_DESK
from services.portal.acts_of_offers import DONE_WITH_OFFERS
from services.portal.language import Language

# by the word in the address: an address cannot put other words there
DONE: dict[str, Callable[[Language], str]] = {
    "saved": lambda language: language.gettext("Saved. Nobody was told of it; go on whenever you like."),
    "address-again": lambda language: language.gettext(
        "Mail to this address is tried again, from the next one on. What was not sent meanwhile is not sent after all."
    ),
    "file-attached": lambda language: language.gettext(
        "The file is attached to the draft. It becomes public with the pledge, not before."
    ),
    "file-removed": lambda language: language.gettext("The draft has no file any more."),
    "submitted": lambda language: language.gettext(
        "Submitted. The Network’s staff on duty and the focal points of your entity get an e-mail. The staff"
        " publish it, or ask for a change; the focal points are told either way."
    ),
    "mails-chosen": lambda language: language.gettext(
        "Saved. It counts from the next mail on; to undo it, choose as it was before."
    ),
    "mails-again": lambda language: language.gettext("You get these mails again, from the next one on."),
    "already": lambda language: language.gettext("This was done already, and was not done twice."),
    "rehearsal-ordered": lambda language: language.gettext(
        "The rehearsal is ordered. It takes a moment; look again. Nothing is sent."
    ),
    "mail-paused": lambda language: language.gettext("This mail waits from now on. What is on its way still arrives."),
    "mail-goes": lambda language: language.gettext(
        "This mail goes again, unless another pause holds it. What was too late is skipped."
    ),
    "moved-on": lambda language: language.gettext(
        "Nothing was done: somebody was faster, or you had sent it before. This is how it stands now."
    ),
    "reported": lambda language: language.gettext(
        "Your report is public now. It counts for the next review. If the pledge has partners, they are asked for their"
        " answer by e-mail; nobody else gets one."
    ),
    "reported-stuck": lambda language: language.gettext(
        "Your report is public now. You said that you are stuck: a draft of a request for support is made from it, that"
        " only your entity sees and can send."
    ),
    "answered": lambda language: language.gettext(
        "Your answer is public now, and can be changed. Nobody gets an e-mail."
    ),
    "proxy-accepted": lambda language: language.gettext(
        "Accepted. Once it is submitted, the Network’s staff can publish it as your entity’s pledge."
    ),
    "proxy-refused": lambda language: language.gettext("Refused. It is back with those who filed it, and not public."),
    "invitation-accepted": lambda language: language.gettext(
        "Welcome: you act for the entity now. Its pledges stand here."
    ),
    "invited": lambda language: language.gettext("The invitation is on its way by e-mail."),
    "invited-again": lambda language: language.gettext(
        "It is sent again, with a new link. The one in the older mail does nothing any more."
    ),
    "invitation-withdrawn": lambda language: language.gettext(
        "The invitation is withdrawn: its link does nothing any more, and the address is erased."
    ),
    "membership-ended": lambda language: language.gettext("The membership has ended."),
    "membership-given": lambda language: language.gettext("The role is given. What they had before stays."),
    "handed-over": lambda language: language.gettext("Handed over. Both get an e-mail that says so."),
    "handover-withdrawn": lambda language: language.gettext(
        "The handover is withdrawn: all stays as it was. Both get an e-mail that says so."
    ),
    "handover-planned": lambda language: language.gettext("The handover is planned. Both get an e-mail that says so."),
    "import-checking": lambda language: language.gettext(
        "The file has arrived and is being checked. Nothing is made yet."
    ),
    "import-importing": lambda language: language.gettext(
        "The import has begun. You can leave this page and come back."
    ),
    "import-cancelled": lambda language: language.gettext("It is cancelled. Nothing more is made; what is made stays."),
    "closed": lambda language: language.gettext("The pledge is closed. All its versions stay public."),
    "support-asked": lambda language: language.gettext(
        "Your request is on its way. The Network’s staff on duty and your focal points get an e-mail; you get another"
        " one when the staff have read it."
    ),
    "message-sent": lambda language: language.gettext("Your message is sent. The other side is told by e-mail."),
    "question-sent": lambda language: language.gettext(
        "Your question is sent, by e-mail too. The request waits for the answer."
    ),
    "note-kept": lambda language: language.gettext("The note is kept. Only staff see it."),
    "support-saved": lambda language: language.gettext("The draft is saved. Nothing was sent."),
    "support-discarded": lambda language: language.gettext("The draft is discarded. Nothing was sent."),
    "support-file": lambda language: language.gettext("The file is with the request."),
    "support-answered": lambda language: language.gettext(
        "Your answer is sent. The Network’s staff get an e-mail, and the request goes on."
    ),
    "support-confirmed": lambda language: language.gettext(
        "Thank you. The Network’s staff see that the help arrived, and what you said of it."
    ),
    "support-reopened": lambda language: language.gettext(
        "The request is taken up again. The Network’s staff get an e-mail."
    ),
    "support-withdrawn": lambda language: language.gettext("The request is taken back."),
    "published": lambda language: language.gettext(
        "Published: everybody can see it now. The focal points of the entity get an e-mail."
    ),
    "changes-asked": lambda language: language.gettext(
        "The focal points of the entity get an e-mail with what you asked. The pledge comes back when they"
        " submit again."
    ),
    "merged": lambda language: language.gettext(
        "Merged. The pledge is closed, and leads to the one that stays. You can undo it here."
    ),
    "unmerged": lambda language: language.gettext("Undone: the pledge is as it was before the merge."),
    "evidence-confirmed": lambda language: language.gettext(
        "Confirmed: everybody sees it with the report. Nobody gets an e-mail."
    ),
    "evidence-declined": lambda language: language.gettext(
        "Declined. The people of the pledge’s entities see it with your reason where they report; the public does not."
        " The focal points of the entity that reported, and who made the report, get an e-mail."
    ),
    "slot-asked": lambda language: language.gettext(
        "You have asked for a slot. The Network’s staff see it; it is public once they grant it. Nobody gets an e-mail."
    ),
    "slot-withdrawn": lambda language: language.gettext("Withdrawn. You may ask again."),
    "slot-granted": lambda language: language.gettext(
        "Granted: everybody sees on the page of the review that it is presented. Nobody gets an e-mail."
    ),
    "milestone-moved": lambda language: language.gettext(
        "Moved. Everybody sees the new date and your reason; reminders that have not gone out follow it."
    ),
    "milestone-added": lambda language: language.gettext(
        "Added: everybody sees it. If entities are to be invited before it, that is planned now."
    ),
    "cycle-added": lambda language: language.gettext("Added: everybody sees it, and pledges can name it."),
    "outcome-recorded": lambda language: language.gettext(
        "The outcome is public now. Earlier versions stay to be read."
    ),
    **DONE_ON_THE_DESK,
    **DONE_WITH_OFFERS,
    "signed-out": lambda language: language.gettext("You are signed out."),
}
