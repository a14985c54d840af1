"""Numbers in a text that count something: no years, no dates, no numbers of names. Pure."""

import re

from services.pledges.advice.periods import Times

_COUNT = re.compile(
    r"(?<![\w.,/’'-])\d+(?:[.,]\d+)*(?:\s?%|\s[^\W\d_]{3,}(?:\s[^\W\d_]+)?(?![\w-])|\s?[\u4e00-\u9fff])"
)
_YEAR = re.compile(r"(?:19|20|21)\d\d(?!\d)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\W{1,2}$")
_NAMES = {"objective", "objectives", "goal", "goals", "sdg", "article", "phase", "no", "nr", "objectif", "objetivo"}


def counted(text: str, times: Times) -> str | None:
    """The first such number with the words after it ("450 people"); None where there is none."""
    dated = [one.said for _, one in times.each()]
    for match in _COUNT.finditer(text):
        named = _WORD_BEFORE.search(text, max(0, match.start() - 20), match.start())
        is_name = named is not None and named[1].casefold() in _NAMES
        if not (is_name or _YEAR.match(match[0]) or any(match[0] in said or said in match[0] for said in dated)):
            return match[0]
    return None
