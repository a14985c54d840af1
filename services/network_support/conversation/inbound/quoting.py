"""What is new in an answer, apart from what it repeats of earlier mails. Pure text, and nothing is thrown away.

Libraries for this know the words by which mail programs begin a quotation, language by language. None knows those of
our six. So the form is what counts here: a line that names an address and ends in a colon before lines that begin
with ">", or a block of mail headers, one of which names an address of ours: it is our mail that is answered.
"""

import re
from collections.abc import Collection, Sequence

_QUOTED = re.compile(r"\s{0,3}>")
_ADDRESS = re.compile(r"[^\s<>@:\[\]()]{1,64}@[^\s<>@:\[\]()]{1,253}")
# in any language: "Von", "发件人" or "От", a colon, and what it says
_HEADER = re.compile(r"\s{0,3}\*?[^\W\d_][^:：\n]{0,30}[:：]\*?(\s.{0,900})?$")
_RULE = re.compile(r"\s{0,3}([-_]{5,}|-{2,}.{1,60}-{2,})\s*$")  # "-----Original Message-----" in any language
_COLONS = (":", "：")
MOST_INTRO = 3  # lines over which mail programs break the line that begins a quotation
FEWEST_HEADERS = 3


def folded(text: str, domains: Collection[str]) -> tuple[str, str | None]:
    """What was written, and the rest from where it only repeats; None: it repeats nothing, or it is nothing else.

    `domains`: of our addresses. Answers between quoted lines stay where they are: only the end is folded.
    """
    lines = text.split("\n")
    cut = min(_headers_at(lines, domains), _quotation_at(lines))
    own = "\n".join(lines[:cut]).strip()
    if cut >= len(lines) or not own:
        return text.strip(), None
    return own, "\n".join(lines[cut:]).strip("\n")


def _quotation_at(lines: Sequence[str]) -> int:
    """Where the quotation at the end begins, its first line with it."""
    start = len(lines)
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if _QUOTED.match(line):
            start = number
        elif line.strip():
            break
    return _with_intro(lines, start) if start < len(lines) else start


def _with_intro(lines: Sequence[str], start: int) -> int:
    above = start
    while above > 0 and not lines[above - 1].strip():
        above -= 1
    if above == 0 or not lines[above - 1].rstrip().endswith(_COLONS):
        return start
    for number in range(above - 1, max(above - 1 - MOST_INTRO, -1), -1):
        if not lines[number].strip():
            break
        if found := _ADDRESS.search(lines[number][:2_000].strip()):
            broken = found.start() <= 1 and number > 0 and lines[number - 1].strip()
            return number - 1 if broken else number
    return start


def _headers_at(lines: Sequence[str], domains: Collection[str]) -> int:
    """Where a block of mail headers begins, one of which names an address of ours, with the rule above it."""
    run = 0
    for number, line in enumerate([*lines, ""]):
        if _HEADER.match(line[:1_000]):
            run += 1
            continue
        if run >= FEWEST_HEADERS and _ours("\n".join(lines[number - run : number]), domains):
            return _with_rule(lines, number - run)
        run = 0
    return len(lines)


def _ours(block: str, domains: Collection[str]) -> bool:
    return any(found.group().lower().endswith(f"@{domain}") for found in _ADDRESS.finditer(block) for domain in domains)


def _with_rule(lines: Sequence[str], start: int) -> int:
    above = start
    while above > 0 and not lines[above - 1].strip():
        above -= 1
    return above - 1 if above > 0 and _RULE.match(lines[above - 1][:200]) else start
