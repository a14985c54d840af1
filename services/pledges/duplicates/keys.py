"""Under which keys a pledge is found again: what is alike shares some of them, most likely. Pure.

MinHash in bands: the words of a text, or the letters of a title, fall into bins by their hash, and the least of each
bin stays. Two sets that have the share s in common agree in a bin with probability s, in a band of two bins with s².
Of five bands at least one is shared with probability 1 - (1 - s²)^5: 0.97 at s = 0.7, 0.76 at 0.5, 0.05 at 0.1.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

from services.pledges.duplicates.texts import Said, Wording

BANDS = 5
ANY = "*"  # the scope of what is the same wherever it stands: an external identifier
MOST_IDENTIFIERS = 10
_BINS = 2 * BANDS
_SPREAD = 0x9E37_79B9_7F4A_7C15  # 2^64 / golden ratio: hashes that lie together fall into bins far apart
_ALL = 2**64 - 1


def public(pledge: Said) -> frozenset[int]:
    """Those of what everybody may find: among the pledges of its entity and of its partners."""
    scopes = (pledge.entity_id, *sorted(pledge.partners))
    anywhere = {_key(ANY, sign) for sign in _identifiers(pledge)}
    return frozenset(_key(scope, sign) for sign in _signs(pledge) for scope in scopes) | anywhere


def certain(pledge: Said) -> frozenset[int]:
    """Those of its external identifiers: who shares one is looked at before all others."""
    return frozenset(_key(scope, sign) for sign in _identifiers(pledge) for scope in (ANY, pledge.entity_id))


def _signs(pledge: Said) -> list[str]:
    signs = {sign for wording in pledge.wordings.values() for sign in _of_wording(wording)}
    signs |= {*_identifiers(pledge), *_of_numbers(pledge.numbers)}
    if pledge.objectives:
        frame = (*sorted(pledge.objectives), *sorted(pledge.forms), str(pledge.start), str(pledge.end))
        signs.add(f"frame {' '.join(frame)}")
    return sorted(signs)


def _identifiers(pledge: Said) -> Iterator[str]:
    return (f"id {system}\n{code}" for system, code in sorted(pledge.external_ids)[:MOST_IDENTIFIERS])


def _of_wording(wording: Wording) -> Iterator[str]:
    letters = {wording.title[at : at + 3] for at in range(max(1, len(wording.title) - 2))}
    yield from (f"title {band}" for band in _bands(letters))
    words = wording.text.split()
    yield from (f"text {band}" for band in _bands({f"{one} {next_}" for one, next_ in pairwise(words)}))


def _of_numbers(numbers: Iterable[str]) -> list[str]:
    """The two that come first by hash: as good as any two, and the same two in every translation."""
    return [f"number {number}" for number in sorted(numbers, key=lambda number: (_hash(number), number))[:2]]


def _bands(shingles: set[str]) -> list[str]:
    """None of an empty set."""
    if not shingles:
        return []
    least = [_ALL] * _BINS
    for hashed in map(_hash, shingles):
        at = (hashed >> 32) * _BINS >> 32
        least[at] = min(least[at], hashed)
    bins = [_filled(least, at) for at in range(_BINS)]
    return [f"{band} {bins[2 * band]:x} {bins[2 * band + 1]:x}" for band in range(BANDS)]


def _filled(least: list[int], at: int) -> int:
    """An empty bin borrows from the next one that is not: sets of few members are compared, too."""
    return next((value for value in (*least[at:], *least[:at]) if value != _ALL), _ALL)


def _hash(text: str) -> int:
    return crc32(text.encode()) * _SPREAD & _ALL


def _key(scope: str, sign: str) -> int:
    """A bigint."""
    return int.from_bytes(blake2b(f"{scope}\n{sign}".encode(), digest_size=8).digest(), signed=True)
