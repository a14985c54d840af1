"""Who gets a reminder that is due: pure rules, the same for what goes out and for what is only rehearsed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.notifications.recipients import Person
from services.notifications.reminders.lifecycle import Reason, late, send_at, too_soon
from services.notifications.reminders.policy import Policy

Role = Literal["focal_point", "delegate"]
Contacts = Mapping[str, Collection[Person]]  # by entity


@dataclass(frozen=True)
class Candidate:
    """A planned reminder that is due. `partners`: entities that pledge with `entity_id`, without those that dissent."""

    id: int
    pledge_id: UUID
    entity_id: str
    milestone: str
    offset_days: int
    due_on: date
    partners: Sequence[str] = ()

    @property
    def cause(self) -> str:
        """One for all reminders of a day, whatever they are for: a person gets one mail."""
        return f"reminder:{self.due_on}"

    def entities(self, policy: Policy) -> list[str]:
        """Of a joint pledge the lead alone at first, and later its partners too."""
        joined = self.partners if self.offset_days >= policy.partners_from else ()
        return list(dict.fromkeys((self.entity_id, *joined)))


@dataclass(frozen=True)
class Past:
    """What earlier reminders of a batch's pledges say: their days, who had which, and whom no mail reached.

    `asked` is by reminder: one that was not delivered comes back for somebody else. `bounced` is by pledge and entity.
    """

    days: Mapping[UUID, Collection[date]] = field(default_factory=dict)
    asked: Mapping[int, set[str]] = field(default_factory=dict)
    bounced: Mapping[tuple[UUID, str], set[str]] = field(default_factory=dict)


class Link(NamedTuple):
    """That a mail lists a reminder: for which entity the person gets it, and as what."""

    reminder_id: int
    entity_id: str
    role: Role


@dataclass
class Letter:
    """One mail to one person: `not_before` in business time, and the reminders that it lists."""

    not_before: datetime
    links: list[Link] = field(default_factory=list)


class Silent(NamedTuple):
    """An entity of a reminder for which nobody can be written to."""

    candidate: Candidate
    entity_id: str


@dataclass
class Allotment:
    """What becomes of a batch: mails by (cause, person), and reminders that nobody gets, with the reason.

    `lost` are entities without anybody, also where the reminder reaches somebody of another one.
    """

    letters: dict[tuple[str, str], Letter] = field(default_factory=dict)
    skipped: dict[int, Reason] = field(default_factory=dict)
    unreachable: list[tuple[Candidate, Reason]] = field(default_factory=list)
    lost: list[Silent] = field(default_factory=list)


def asks_for_delegates(
    candidate: Candidate, entity_id: str, focal_points: Contacts, past: Past, policy: Policy
) -> bool:
    """When the focal points have not reacted by then; sooner when there is none, or mails to all of them bounced."""
    if candidate.offset_days >= policy.delegates_from:
        return True
    people = {person.person_id for person in focal_points.get(entity_id, ())}
    bounced, asked = past.bounced.get((candidate.pledge_id, entity_id), set()), past.asked.get(candidate.id, set())
    return people <= bounced | asked


def delegates_wanted(batch: Sequence[Candidate], focal_points: Contacts, past: Past, policy: Policy) -> set[str]:
    """The entities whose delegates have to be asked for."""
    return {
        entity_id
        for candidate in batch
        for entity_id in candidate.entities(policy)
        if asks_for_delegates(candidate, entity_id, focal_points, past, policy)
    }


def allot(
    batch: Sequence[Candidate],
    focal_points: Contacts,
    delegates: Contacts,
    past: Past,
    now: datetime,
    policy: Policy,
) -> Allotment:
    """The batch's order counts. `now` is business time."""
    made = Allotment()
    days = {pledge: set(earlier) for pledge, earlier in past.days.items()}
    for candidate in batch:
        before = days.setdefault(candidate.pledge_id, set())
        if too_soon(candidate.due_on, before, policy):
            made.skipped[candidate.id] = Reason.TOO_SOON
            continue
        people = dict(_people(made, candidate, (focal_points, delegates), past, policy))
        if not people:
            reason = Reason.NOT_DELIVERED if candidate.id in past.asked else Reason.NOBODY
            made.unreachable.append((candidate, reason))
        elif _address(made, candidate, people, now, policy):
            before.add(candidate.due_on)
        else:
            made.skipped[candidate.id] = Reason.OVERDUE
    return made


def _people(
    made: Allotment, candidate: Candidate, contacts: tuple[Contacts, Contacts], past: Past, policy: Policy
) -> Iterator[tuple[Person, Link]]:
    """Each once: who acts for several of its entities is written to for the last of them that is named, the lead."""
    focal_points, delegates = contacts
    asked = past.asked.get(candidate.id, set())
    for entity_id in reversed(candidate.entities(policy)):
        wanted: list[tuple[Person, Role]] = []
        if asks_for_delegates(candidate, entity_id, focal_points, past, policy):
            wanted += [(person, "delegate") for person in delegates.get(entity_id, ())]
        wanted += [(person, "focal_point") for person in focal_points.get(entity_id, ())]
        left = [(person, role) for person, role in wanted if person.person_id not in asked]
        if not left:
            made.lost.append(Silent(candidate, entity_id))
        yield from ((person, Link(candidate.id, entity_id, role)) for person, role in left)


def _address(
    made: Allotment, candidate: Candidate, people: Mapping[Person, Link], now: datetime, policy: Policy
) -> bool:
    """False when it is too late for every one of them."""
    times = {person: send_at(candidate.due_on, person.time_zone, policy) for person in people}
    in_time = {person: at for person, at in times.items() if not late(at, now, policy)}
    for person, at in in_time.items():
        letter = made.letters.setdefault((candidate.cause, person.person_id), Letter(at))
        letter.links.append(people[person])
    return bool(in_time)
