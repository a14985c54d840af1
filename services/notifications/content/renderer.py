"""Templates to mail texts: one file a mail and language holds its sentences, layouts make text and HTML of them."""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.notifications.content.words import FOLDER

_BLANKS = re.compile(r"[ \t\r\n]+")  # a no-break space stays one
WIDTH = 72  # characters a line, RFC 3676 advises 78 at most
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Content:
    """A mail's words; `language` is what they are written in."""

    language: str
    subject: str
    text: str
    html: str


def render(template: str, language: str, values: Mapping[str, Any]) -> Content:
    """`language` is one of words.LANGUAGES. Raises jinja2.UndefinedError for a value that is missing.

    Values go into HTML escaped. Into the plain text they go as they are: clean them before.
    """
    plain, html = _template(template, language, html=False), _template(template, language, html=True)
    return Content(
        language,
        plain.render(values, layout="layout.subject").strip()[:LONGEST_SUBJECT],
        plain.render(values, layout="layout.txt"),
        html.render(values, layout="layout.html"),
    )


@cache
def _template(template: str, language: str, *, html: bool) -> Template:
    return _environment(html=html).get_template(f"{language}/{template}.mail")


@cache
def _environment(*, html: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=html,  # noqa: S701 - plain text shows what it holds, as it is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["paragraph"] = paragraph
    return made


def paragraph(text: str) -> str:
    """However the template breaks its lines, the mail has them of one length; addresses stay whole."""
    return textwrap.fill(_BLANKS.sub(" ", text).strip(), WIDTH, break_long_words=False, break_on_hyphens=False)
