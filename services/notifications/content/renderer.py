"""Templates to mail texts: one file a mail and language holds its sentences, layouts make text and HTML of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context

from services.notifications.content import plain
from services.notifications.content.inlining import Loader
from services.notifications.content.words import FOLDER
from shared import speaking


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
    given = {**values, "language": language, "direction": speaking.locale_of(language).text_direction}
    of_text, of_html = _template(template, language, html=False), _template(template, language, html=True)
    subject = plain.subject(of_text.render(given, layout="layout.subject"), given["direction"])
    text = plain.directed(of_text.render(given, layout="layout.txt"), given["direction"])
    return Content(language, subject, text, of_html.render(given, layout="layout.html", subject=subject))


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
