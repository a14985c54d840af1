"""Texts of others inside our sentences: escaped in HTML, and set apart where they may run in another direction.

A `Shown` has both forms. As a text it is the plain one, with isolates (Unicode, UAX 9) where they are needed; HTML
templates ask it for the other, where `bdi` does the same. So one template makes both.
"""

from typing import Self

from markupsafe import Markup, escape

from shared import speaking


class Shown(str):
    """Clean text, in its plain form; `__html__` is what HTML shows."""

    __slots__ = ("_html",)
    _html: Markup

    def __new__(cls, text: str, html: Markup) -> Self:
        made = super().__new__(cls, text)
        made._html = html
        return made

    def __html__(self) -> Markup:
        return self._html


def shown(text: str, language: str) -> Shown:
    """`text` is one clean line that somebody wrote, for a sentence in `language`."""
    locale = speaking.locale_of(language)
    if not speaking.runs_apart(text, locale):
        return Shown(text, escape(text))
    html = Markup('<bdi dir="{}">{}</bdi>').format(speaking.direction(text), text)
    return Shown(speaking.isolated(text, locale), html)


def fill(sentence: str, *given: Shown, **named: Shown) -> Shown:
    """A sentence of ours, {} and {name} in it filled in."""
    return Shown(sentence.format(*given, **named), escape(sentence).format(*given, **named))
