"""What partners say of a pledge's public version. Pure."""

from collections.abc import Collection, Sequence

from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, SignOff

# what a partner has not signed: who else is in, and what other systems call the pledge
UNSIGNED = frozenset({"partners", "partner_entities", "external_ids"})
REASONS = 100_000  # bytes of all that stand with the pledge, which travels in one event


def renewed(last: PledgeSnapshot | None, partners: Sequence[EntityRef], fields: Collection[str]) -> list[SignOff]:
    """What the partners say of a new version that differs from the last in these fields.

    A partner has signed a text: once that differs, its targets and its money included, every answer is awaited anew,
    and nobody is held to what they have not seen. Where nothing of that differs, the answers stay.
    """
    stays = last.sign_offs if last and UNSIGNED.issuperset(fields) else []
    said = {one.entity.entity_id: one for one in stays}
    return [said.get(one.entity_id) or SignOff(entity=one, answer="awaited") for one in partners]


def newly_asked(last: PledgeSnapshot | None, signed: Sequence[SignOff], fields: Collection[str]) -> list[str]:
    """Of what `renewed` gives: whose answer is awaited that was not awaited before, to this text."""
    before = {one.entity.entity_id for one in last.sign_offs} if last and UNSIGNED.issuperset(fields) else set()
    awaited = (one.entity.entity_id for one in signed if one.answer == "awaited")
    return [one for one in awaited if one not in before]


def answered(signed: Sequence[SignOff], said: SignOff) -> list[SignOff]:
    """The same with one partner's answer.

    Reasons that are too long together are all shortened: in full they stand in the history of the answers.
    """
    now = [said if one.entity.entity_id == said.entity.entity_id else one for one in signed]
    if sum(len(one.reason.encode()) for one in now) <= REASONS:
        return now
    return [one.model_copy(update={"reason": _shortened(one.reason, REASONS // len(now))}) for one in now]


def _shortened(reason: str, most: int) -> str:
    """At most so many bytes; a cut is seen."""
    raw = reason.encode()
    return reason if len(raw) <= most else raw[: most - len("…".encode())].decode(errors="ignore") + "…"
