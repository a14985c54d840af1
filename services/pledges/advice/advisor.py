"""All rules on one pledge. Pure: the same pledge on the same day gets the same advice, whoever asks."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.pledges.advice import periods
from services.pledges.advice.amounts import amounts, claims
from services.pledges.advice.findings import CODES, Found, Tongue
from services.pledges.advice.limits import limits
from services.pledges.advice.reading import Reading, reading
from services.pledges.advice.scope import scope
from services.pledges.advice.smart import Criterion, Read, criteria
from services.pledges.registry import lifecycle
from services.pledges.registry.content import Content

MOST_OF_A_KIND = 5


@dataclass(frozen=True)
class Judgement:
    """`language` is the one in which the text was read; None where only figures were."""

    language: str | None
    smart: tuple[Criterion, ...]
    findings: tuple[Found, ...]


def advise(content: Content, on: date) -> Judgement:
    """`on` is today in business time. What a criterion gives as its reason is not found a second time."""
    found = reading(content)
    read = Read(content, found, periods.times(found), claims(content), on)
    smart = tuple(criteria(read))
    reasons = {reason.code for criterion in smart for reason in criterion.reasons}
    findings = [*_lacking(content), *limits(content), *scope(content, found, on), *amounts(content, read.claims)]
    findings += [*periods.unreadable(found, read.times), *_language(found)]
    return Judgement(found.language, smart, tuple(_some(one for one in findings if one.code not in reasons)))


def _some(findings: Iterable[Found]) -> Iterator[Found]:
    """A few of each kind; who has mended those asks again."""
    seen: Counter[str] = Counter()
    for found in findings:
        seen[found.code] += 1
        if seen[found.code] <= MOST_OF_A_KIND:
            yield found


def _lacking(content: Content) -> Iterator[Found]:
    """What the registry will refuse a submission for. A rule that is new there is named by its field."""
    for fault in lifecycle.lacking(content):
        code = f"lacking.{fault.field.replace('.', '_')}"
        yield Found(code, fault.field) if code in CODES else Found("lacking.other", fault.field, {"said": fault.field})


def _language(found: Reading) -> Iterator[Found]:
    if found.language is None:
        yield Found("text.not_read", "description", {"language": Tongue(found.declared)})
    elif found.language != found.declared:
        languages = {"declared": Tongue(found.declared), "language": Tongue(found.language)}
        yield Found("text.other_language", found.place("language"), languages)
