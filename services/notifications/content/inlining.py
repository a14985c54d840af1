"""The layout of HTML mails with its style sheet moved into the elements, once, before it becomes a template.

Many programs read no style sheet. What of it depends on the reader's device stays in the head, for those that do.
"""

from collections.abc import Callable
from typing import Final

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader

_LAYOUT: Final = "layout.html"


class Loader(FileSystemLoader):
    """The layout goes through an HTML parser: template tags may stand where text may, so nowhere between the parts of
    a table."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, current = super().get_source(environment, template)
        return _inlined(source) if template == _LAYOUT else source, name, current


def _inlined(source: str) -> str:
    return CSSInliner(load_remote_stylesheets=False).inline(source)
