"""The journey of one pledge, step by step, with the calls that people's own programs would make."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cli.walk.guide import Guide, Mail
from shared.client import Refused as Incomplete
from shared.client.models.notifications import Reminder
from shared.client.models.pledges import (
    ChangeRequest,
    NewPledge,
    Saving,
    WantedChange,
    WorkingCopy,
)
from shared.client.models.reports import Reached, Report
from shared.client.models.support import Opening

REVIEW = "plenary-2024"
POSTS = "Consular posts that issue identity documents"
CONTENT = {
    "title": "Identity documents at every consulate",
    "description": "Veridia will issue identity documents to its nationals at twelve consular posts, up from four.",
    "main_objectives": ["objective-4"],
    "objectives": ["objective-4", "objective-14"],
    "forms": ["process", "human_resources"],
    "targets": [{"what": POSTS, "unit": "posts", "baseline": 4, "comparator": "at_least", "value": 12, "by": "2026"}],
    "period": {"start": "2024-09"},
    "review_cycle": "2022",
}


@dataclass(frozen=True)
class Outcome:
    """What happened, where to look at it, and the mails that it caused."""

    happened: list[str]
    look: list[str] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    letter: str
    title: str
    says: str
    do: Callable[[Guide], Awaitable[Outcome]]


async def draft_and_submit(guide: Guide) -> Outcome:
    amina = guide.client("amina").pledges
    copy = await amina.create(NewPledge(entity_id="veridia", title="Identity documents"))
    try:
        await amina.submit(copy.pledge_id, seen=copy.etag)
    except Incomplete as refused:
        missing = [f"{fault.field}: {fault.problem} → {fault.remedy}" for fault in refused.errors]
    copy = await amina.save(copy.pledge_id, Saving.model_validate(CONTENT), seen=copy.etag)
    copy = await amina.submit(copy.pledge_id, seen=copy.etag)
    guide.facts["copy"] = copy
    happened = ["A draft with a title only was refused:", *missing, f"Completed, it is {copy.state}."]
    mails = await guide.expect(("noor", "pledge_submitted"), ("amina", "pledge_received"))
    return Outcome(happened, [f"gcm pledge show {copy.pledge_id} --working-copy --as amina"], mails)


async def change_and_publish(guide: Guide) -> Outcome:
    amina, noor, copy = guide.client("amina").pledges, guide.client("noor").pledges, _copy(guide)
    asked = ChangeRequest(fields=[WantedChange(field="period.end", says="Please say until when.")])
    copy = await noor.request_changes(copy.pledge_id, asked, seen=copy.etag)
    mails = await guide.expect(("amina", "pledge_changes_requested"))
    content = copy.content.model_dump() | {"period": {"start": "2024-09", "end": "2026-06"}}
    copy = await amina.save(copy.pledge_id, Saving.model_validate(content), seen=copy.etag)
    copy = await amina.submit(copy.pledge_id, seen=copy.etag)
    mails += await guide.expect(("noor", "pledge_resubmitted"))
    copy = await noor.publish(copy.pledge_id, seen=copy.etag)
    mails += await guide.expect(("amina", "pledge_published"))
    steps = [step.action async for step in guide.client().pledges.history(copy.pledge_id)]
    guide.facts["copy"] = copy
    happened = [
        "Noor asked for period.end; Amina amended it and submitted again.",
        f"Public history: {', '.join(steps)}.",
    ]
    return Outcome(happened, [guide.pledge_page(copy.pledge_id)], mails)


async def ask_for_support(guide: Guide) -> Outcome:
    pledge_id = _copy(guide).pledge_id
    before = await guide.client().pledges.get(pledge_id)
    text = "We would like to learn how other countries issue identity documents at consulates."
    wish = Opening(entity_id="veridia", pledge_id=pledge_id, type="knowledge_exchange", text=text, language="en")
    request = await guide.client("amina").support.open(wish)
    mails = await guide.expect(("noor", "support_requested"), ("amina", "support_received"))
    request = await guide.client("noor").support.get(request.request_id)
    request = await guide.client("noor").support.acknowledge(request.request_id, seen=request.etag)
    mails += await guide.expect(("amina", "support_acknowledged"))

    async def told() -> list[str]:
        return [one.status for one in (await guide.client().pledges.get(pledge_id)).support]

    statuses = await guide.until(told, "That the pledge says of its support")
    after = await guide.client().pledges.get(pledge_id)
    old, new = (_revision(one.etag) for one in (before, after))
    same = "the same as before" if old == new else f"now {new}, no longer {old}"
    says = f"support {', '.join(statuses)}; its revision is {same}"
    happened = [f"The request is {request.state}. The public pledge says: {says}."]
    return Outcome(happened, [guide.pledge_page(pledge_id)], mails)


def _revision(etag: str) -> str:
    """The beginning of a public pledge's ETag, which an edit names; the rest changes with whatever is said of it."""
    return etag.strip('"').partition("-")[0]


async def count_mails(guide: Guide) -> Outcome:
    """What came so far, by person and kind."""
    lines = sorted(f"{mail.to}: {mail.template}" for mail in guide.mails)
    return Outcome([f"{len(lines)} mails so far:", *lines], [guide.stack["addresses"]["mail"], "docs/mails.md"])


async def report_progress(guide: Guide) -> Outcome:
    pledge_id, anyone = _copy(guide).pledge_id, guide.client().pledges
    before = await anyone.review_pledges(REVIEW)
    said = Report(
        status="in_progress",
        summary="Seven posts issue documents now; the other five are being equipped.",
        values=[Reached.model_validate({"target": POSTS, "value": 7})],
        barriers=["resources"],
    )
    await guide.client("amina").pledges.report(pledge_id, said)
    after = await anyone.review_pledges(REVIEW)
    figures = [f"reported {one.reported} of {one.denominator}, silent {one.silent}" for one in (before, after)]
    return Outcome(
        [f"Before: {figures[0]}; now: {figures[1]}."], [guide.page(f"/reviews/{REVIEW}"), guide.pledge_page(pledge_id)]
    )


async def remind(guide: Guide) -> Outcome:
    from deploy.local.business_time import parse, set_clock, shown

    silent = await _silent_pledge(guide)
    set_clock(guide.clock_file, parse("2024-11-05"))
    plan = await guide.until(lambda: _decided(guide, silent), "The reminder for a silent pledge")
    [thirty] = [line for line in plan if line.offset_days == -30]
    mails = await guide.expect(("paz", "reminder")) if thirty.state == "sent" else []
    happened = [f"Business time is {shown(guide.clock_file)}.", "The plan for the silent pledge of Port Azure:"]
    happened += [_line(line) for line in plan]
    if mails:
        happened.append(
            "The link in this mail reports on the pledge without signing in, once, after a button is pressed."
        )
    else:
        happened.append("The one mail of that day had gone to Paz already, in an earlier walk; nothing is sent twice.")
    amina = [line for line in await _plan(guide, str(_copy(guide).pledge_id)) if line.state == "sent"]
    happened.append(f"Veridia has reported, so its pledge was reminded of {len(amina)} times.")
    return Outcome(happened, [guide.stack["addresses"]["mail"], guide.page(f"/reviews/{REVIEW}")], mails)


async def _silent_pledge(guide: Guide) -> str:
    """Published by Port Azure, which will not report on it."""
    content = CONTENT | {
        "title": "Help desks for newcomers in four languages",
        "period": {"end": "2026"},
        "targets": [],
    }
    wish = NewPledge.model_validate({**content, "entity_id": "port-azure", "submit": True})
    copy = await guide.client("paz").pledges.create(wish)
    await guide.client("noor").pledges.publish(copy.pledge_id, seen=copy.etag)
    await guide.expect(("noor", "pledge_submitted"), ("paz", "pledge_received"), ("paz", "pledge_published"))
    pledge_id = str(copy.pledge_id)
    await guide.until(lambda: _plan(guide, pledge_id), "That reminders were planned")
    return pledge_id


async def _plan(guide: Guide, pledge_id: str) -> list[Reminder]:
    lines = guide.client("noor").notifications.reminders(milestone=REVIEW, limit=100)
    return [line async for line in lines if str(line.pledge_id) == pledge_id]


async def _decided(guide: Guide, pledge_id: str) -> list[Reminder]:
    """Once it is known what became of the reminder thirty days before."""
    plan = await _plan(guide, pledge_id)
    final = [line for line in plan if line.offset_days == -30 and line.state not in ("planned", "queued")]
    return plan if final else []


def _line(line: Reminder) -> str:
    why = f" ({line.reason})" if line.reason else ""
    return f"{line.due_on}, {line.offset_days:+d} days: {line.state}{why}"


def _copy(guide: Guide) -> WorkingCopy:
    found: WorkingCopy = guide.facts["copy"]
    return found


STEPS = [
    Step(
        "a",
        "A draft is completed and submitted",
        "Amina, focal point of the fictional State Veridia, saves a draft, tries to submit it, is told what is missing"
        " field by field, completes it and submits it.",
        draft_and_submit,
    ),
    Step(
        "b",
        "The officer asks for a change, then publishes",
        "Noor, officer of the Network, asks for a change and names the field. Amina amends and resubmits, Noor"
        " publishes. Until then no word of it is public.",
        change_and_publish,
    ),
    Step(
        "c",
        "Support is requested and acknowledged",
        "Amina asks the Network for support. Another service, which knows the pledge from Kafka only, takes the"
        " request, Noor acknowledges it, and the pledges service learns of it, again from Kafka.",
        ask_for_support,
    ),
    Step(
        "d",
        "Each step has sent the right persons one mail",
        "All mails so far, by person and kind; docs/mails.md has the table of who gets which.",
        count_mails,
    ),
    Step(
        "e",
        "Progress is reported and counted",
        f"Amina reports on the pledge. The figures of the review {REVIEW} are compared before and after.",
        report_progress,
    ),
    Step(
        "f",
        "Thirty days before the plenary, the silent are invited to report",
        "Paz publishes a pledge for the city of Port Azure and does not report. Business time moves to 5 November"
        " 2024: Paz gets one reminder, Amina, who has reported, gets none, and the one due 90 days before is skipped,"
        " not late.",
        remind,
    ),
]
