"""GET /mails/previews: every kind of mail in every language, for staff and reviewers."""

from services.notifications.content.words import LANGUAGES
from services.notifications.deliveries.steps import AUDIENCES
from tests.integration.notifications.support import REVIEWER, STAFF, Post
from tests.support.tokens import bearer

PATH = "/mails/previews"


async def test_kinds_and_languages_are_listed(post: Post) -> None:
    found = (await post.service.client.get(PATH, headers=REVIEWER)).json()
    assert {kind["template"]: kind["audience"] for kind in found["kinds"]} == AUDIENCES
    assert [one["language"] for one in found["languages"]] == list(LANGUAGES)
    assert [one["language"] for one in found["languages"] if one["direction"] == "rtl"] == ["ar"]


async def test_each_can_be_looked_at_and_nothing_is_sent(post: Post) -> None:
    for template in AUDIENCES:
        for language in LANGUAGES:
            answer = await post.service.client.get(f"{PATH}/{template}/{language}", headers=STAFF)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert (found["sample"], found["template"], found["language"]) == (True, template, language)
            assert f'lang="{language}"' in found["html"]
            assert found["subject"]
            assert found["text"]
    await post.send()
    assert post.inbox.sent() == []


async def test_what_there_is_not_is_not_found(post: Post) -> None:
    for place in ("unheard_of/en", "reminder/de", "..%2F..%2Fetc/en", "layout/en", "reminder/EN"):
        answer = await post.service.client.get(f"{PATH}/{place}", headers=STAFF)
        assert answer.status_code == 404, place


async def test_it_is_for_staff_and_reviewers(post: Post) -> None:
    for path in (PATH, f"{PATH}/reminder/en"):
        assert (await post.service.client.get(path)).status_code == 401
        assert (await post.service.client.get(path, headers=bearer("amina"))).status_code == 403
