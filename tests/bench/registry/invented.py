"""Pledges as skewed as real ones, the same in every run: values that are common, rare, or only in old pledges."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from uuid import UUID

from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot
from shared.reference import catalogue

FIRST, DAYS = datetime(2018, 12, 10, tzinfo=UTC), 2400
OLD_OBJECTIVE, OLD_SHARE = "objective-19", 0.2  # of the pledges of the first epoch, and of no others
RARE_OBJECTIVE, RARE_SHARE = "objective-20", 0.001
COMMON_WORD, RARE_WORD, OLD_WORD = "migrants", "lighthouse", "telegraph"
VOCABULARY = 4000
_REAL = "migrants States dignity pathways documents consular training skills recognition border rights children health"


@cache
def _zipf(size: int) -> list[float]:
    return list(accumulate(1 / (place + 1) for place in range(size)))


class Chance:
    """Choices with Zipf's law: the first of a list is twice as likely as the second."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same in each run

    def often(self, share: float) -> bool:
        return self._random.random() < share

    def number(self, below: int) -> int:
        return self._random.randrange(below)

    def some(self, values: Sequence[str], most: int) -> list[str]:
        """From none to `most`, each once."""
        return list(dict.fromkeys(self.several(values, self.number(most + 1))))

    def several(self, values: Sequence[str], count: int) -> list[str]:
        return self._random.choices(values, cum_weights=_zipf(len(values)), k=count)

    def one(self, values: Sequence[str]) -> str:
        return self.several(values, 1)[0]


class Invention:
    """Makes pledges of epochs: 0 is the oldest. `entities`: by how many pledges they have."""

    def __init__(self, entities: Sequence[EntityRef], epochs: int) -> None:
        self._entities = {entity.entity_id: entity for entity in entities}
        self._codes = list(self._entities)
        self._epochs = epochs
        self._words = [*_REAL.split(), *(f"{a}{b}{c}" for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES)]
        self._words = self._words[:VOCABULARY]
        plain = [code for code in catalogue.OBJECTIVES if code not in {OLD_OBJECTIVE, RARE_OBJECTIVE}]
        self._objectives = plain

    def pledges(self, epoch: int, count: int) -> Iterator[PledgeSnapshot]:
        chance = Chance(epoch)
        span = timedelta(days=DAYS) / self._epochs
        for number in range(count):
            published = FIRST + epoch * span + number * span / count
            yield PledgeSnapshot.model_validate(self._pledge(chance, epoch, epoch * count + number, published))

    def _pledge(self, chance: Chance, epoch: int, number: int, published: datetime) -> dict[str, Any]:
        objectives = self._chosen(chance, epoch)
        reported = published + timedelta(days=chance.number(700)) if chance.often(0.4) else None
        start = published.year + chance.number(3)
        return {
            "pledge_id": UUID(int=number),
            "sequence": 1,
            "version": 1,
            "state": "closed" if (closed := chance.often(0.15)) else "published",
            "closed_reason": chance.one(["ended", "fulfilled", "withdrawn"]) if closed else None,
            "entity": self._entities[chance.one(self._codes)],
            "kind": chance.one(["individual", "in_partnership", "common", "matching"]),
            "title": " ".join(chance.several(self._words, 8)).capitalize(),
            "description": self._text(chance, epoch),
            "language": chance.one(["en", "fr", "es"]),
            "objectives": objectives,
            "main_objectives": objectives[:1],
            "principles": chance.some(list(catalogue.PRINCIPLES), 3),
            "forms": chance.some(list(catalogue.FORMS), 2),
            "targets": [],
            "period": {"start": str(start), "end": str(start + chance.number(6)) if chance.often(0.7) else None},
            "review_cycle": chance.one(list(catalogue.CYCLES)),
            "partners": [],
            "commitments": chance.some(list(catalogue.COMMITMENTS), 3),
            "levels": chance.some(["national", "local", "regional", "international"], 2),
            "places": [{"country": code} for code in chance.some(list(catalogue.STATES), 2)],
            "sdg_targets": chance.some(["10.7", "8.8", "16.9", "17.18", "3.8", "4.1"], 2),
            "frameworks": chance.some(list(catalogue.FRAMEWORKS), 1),
            "origin": "submitted" if chance.often(0.9) else "public_statement",
            "sources": [],
            "progress": _progress(chance, reported),
            "published_at": published,
            "first_published_at": published,
        }

    def _chosen(self, chance: Chance, epoch: int) -> list[str]:
        found = chance.some(self._objectives, 4)
        found += [OLD_OBJECTIVE] if epoch == 0 and chance.often(OLD_SHARE) else []
        return found + ([RARE_OBJECTIVE] if chance.often(RARE_SHARE) else [])

    def _text(self, chance: Chance, epoch: int) -> str:
        words = chance.several(self._words, 80)
        words += [RARE_WORD] if chance.often(RARE_SHARE) else []
        return " ".join(words + ([OLD_WORD] if epoch == 0 and chance.often(OLD_SHARE) else [])) + "."


_SYLLABLES = ("ba", "den", "fu", "go", "lim", "ka", "mo", "nar", "pe", "ro", "sil", "ta", "ul", "vo", "wes", "za")


def _progress(chance: Chance, reported: datetime | None) -> dict[str, Any]:
    if reported is None:
        return {}
    return {"status": chance.one(list(catalogue.STATUSES)), "last_reported_at": reported, "reports": 1}
