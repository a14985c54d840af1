"""The limits of the pledging initiative's own form. They are advice here: nothing is refused for them. Pure."""

from collections.abc import Iterator

from services.pledges.advice.findings import Found
from services.pledges.registry.content import Content
from shared.reference import catalogue

LEAST, MOST = 300, 3_000  # characters of a description
MAIN_OBJECTIVES = 3


def limits(content: Content) -> Iterator[Found]:
    """An empty description is not short: it is lacking."""
    count = len(content.description.strip())
    if 0 < count < LEAST:
        yield Found("limits.description_short", "description", {"count": count, "least": LEAST})
    if count > MOST:
        yield Found("limits.description_long", "description", {"count": count, "most": MOST})
    if (named := len(content.main_objectives)) > MAIN_OBJECTIVES:
        yield Found("limits.main_objectives", "main_objectives", {"count": named, "most": MAIN_OBJECTIVES})
    if len(content.principles) == len(catalogue.PRINCIPLES):
        yield Found("limits.all_principles", "principles")


def lacks_main(content: Content) -> bool:
    """More objectives than the form takes for main ones, and none is said to be one."""
    return not content.main_objectives and len(content.objectives) > MAIN_OBJECTIVES
