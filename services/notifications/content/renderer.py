"""Templates to mail texts: one file a mail and language holds its sentences, layouts make text and HTML of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from services.notifications.content import plain
from services.notifications.content.inlining import Loader
from services.notifications.content.shown import Shown
from services.notifications.content.words import FOLDER
from shared import speaking


@dataclass(frozen=True)
class Content:
    """A mail's words; `language` is what they are written in."""

    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Gist:
    """What a mail says in one sentence, where it leads, and in which words."""

    sentence: Shown
    link_text: Shown
    url: str


def render(template: str, language: str, values: Mapping[str, Any]) -> Content:
    """`language` is one of words.LANGUAGES. Raises jinja2.UndefinedError for a value that is missing.

    Values go into HTML escaped. Into the plain text they go as they are: clean them before.
    """
    given = _given(language, values)
    of_text, of_html = _template(template, language, html=False), _template(template, language, html=True)
    subject = plain.subject(of_text.render(given, layout="layout.subject"), given["direction"])
    text = plain.directed(of_text.render(given, layout="layout.txt"), given["direction"])
    return Content(language, subject, text, of_html.render(given, layout="layout.html", subject=subject))


def gist(template: str, language: str, values: Mapping[str, Any]) -> Gist:
    """Of a mail that is told in another one. What announces a list there is told by the mail's subject."""
    given = _given(language, values)
    sentence = _block(template, language, "happened", given)
    if sentence.endswith((":", "：")):
        sentence = _block(template, language, "subject", given)
    wrapped = plain.paragraph(sentence, language).replace("\n", "\n  ")
    link_text = _block(template, language, "link_text", given)
    return Gist(Shown(wrapped, sentence.__html__()), link_text, str(_block(template, language, "link", given)))


def _given(language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "language": language, "direction": speaking.locale_of(language).text_direction}


def _block(template: str, language: str, name: str, given: Mapping[str, Any]) -> Shown:
    """In both forms, in one line."""
    forms = []
    for html in (False, True):
        found = _template(template, language, html=html)
        forms.append(plain.flat("".join(found.blocks[name](found.new_context(dict(given))))))
    return Shown(forms[0], Markup(forms[1]))  # noqa: S704 - the template has escaped what it holds


@cache
def _template(template: str, language: str, *, html: bool) -> Template:
    return _environment(html=html).get_template(f"{language}/{template}.mail")


@cache
def _environment(*, html: bool) -> Environment:
    made = Environment(
        loader=Loader(FOLDER),
        autoescape=html,  # noqa: S701 - plain text shows what it holds, as it is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"paragraph": _paragraph, "plural": _plural}
    return made


@pass_context
def _paragraph(context: Context, text: str) -> str:
    return plain.paragraph(text, context["language"])


@pass_context
def _plural(context: Context, count: int, **forms: str) -> str:
    """{{ count | plural(one="{n} pledge", other="{n} pledges") }}: the forms that the language has, all of them."""
    locale = speaking.locale_of(context["language"])
    if forms.keys() != set(locale.plural_form.rules) | {"other"}:
        raise ValueError(f"These are not the plural forms of {locale}: {', '.join(forms)}")
    return forms[locale.plural_form(count)].format(n=speaking.number(count, locale))
