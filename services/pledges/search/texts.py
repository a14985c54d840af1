"""What is searched of a pledge. Pure."""

from collections.abc import Iterator

from shared.events.pledges import PledgeSnapshot


def texts(pledge: PledgeSnapshot) -> Iterator[tuple[str, str]]:
    """Each text with its language (BCP 47)."""
    yield pledge.language, f"{pledge.title}\n{pledge.description}"
    for translation in pledge.translations:
        yield translation.language, f"{translation.title}\n{translation.description}"
