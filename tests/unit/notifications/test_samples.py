"""What staff look at: each mail in each language, of data that says that it is made up."""

import pytest

from services.notifications.content.words import LANGUAGES
from services.notifications.previews.samples import names, sample
from tests.support.mails import EVERY, PORTAL, Page, reads


def test_each_language_has_data_of_its_own() -> None:
    assert set(names()) == set(LANGUAGES)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_each_mail_can_be_looked_at_and_says_that_it_is_a_sample(template: str, language: str) -> None:
    made, called = sample(template, language, PORTAL), names()[language]
    page = Page(made.html)
    for shown in (made.text, page.words):
        assert reads(shown, called.person)
        assert reads(shown, called.entity) or reads(shown, called.title)
    assert made.language == language
    assert all(link.startswith(PORTAL) for link in page.links)
