"""What no program of people puts in a mail, counted in its raw bytes. Pure.

The email package takes a step for each line and open part, and over the parameters of a header time that grows with
their square. So whoever reads mails of strangers asks here first.
"""

import re

MOST_LINES = 1_000_000
MOST_BOUNDARIES = 20_000
MOST_NESTED = 40  # multiparts, and mails in mails
MOST_STEPS = 5_000_000  # lines × nested: the parser compares each line with the boundary of each open part
LONGEST_HEADER = 4_000  # bytes, of one that has parameters
MOST_PARAMETERS = 100
LARGEST_HEADERS = 200_000  # bytes, of all that have parameters

# with the lines over which it is folded; more of them than fit are not looked for
_WITH_PARAMETERS = re.compile(rb"\ncontent-(?:type|disposition):([^\n]*(?:\n[ \t][^\n]*){0,4000})")


def too_much(raw: bytes, most_lines: int = MOST_LINES) -> str | None:
    """A code for what is too much to be read; None: it can be."""
    plain = b"\n" + raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lower()
    lines = plain.count(b"\n")
    if lines > most_lines:
        return "too_many_lines"
    if plain.count(b"\n--") > MOST_BOUNDARIES:
        return "too_many_parts"
    size = nested = 0
    for found in _WITH_PARAMETERS.finditer(plain):
        header = found[1]
        size += len(header)
        if len(header) > LONGEST_HEADER or header.count(b";") > MOST_PARAMETERS or size > LARGEST_HEADERS:
            return "headers_too_large"
        nested += b"multipart/" in header or b"message/" in header
    return "nested_too_deep" if nested > MOST_NESTED or lines * nested > MOST_STEPS else None
