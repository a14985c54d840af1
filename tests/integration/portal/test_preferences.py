"""The page on which people choose their mails: by a link, where nobody signs in, and signed in."""

from typing import Any

import httpx
import pytest

from services.notifications.preferences.links import Links
from shared.clock import Clock
from tests.integration.portal.test_unsubscribing import Mailed
from tests.integration.portal.test_unsubscribing import mailed as mailed  # noqa: PLC0414 - a fixture
from tests.support.api import MAIL_KEYS, Service
from tests.support.portal import Browser, hidden_fields
from tests.support.tokens import bearer

OWN = "/my/preferences"
CHOSEN = {"wanted": ["reminders", "pledges"], "rhythm": "weekly", "weekday": "friday"}
NIGHT = {"quiet_from": "20:00", "quiet_until": "07:00"}


def link(person: str) -> str:
    return f"/preferences/{Links(MAIL_KEYS).preferences_token(person, Clock().system())}"


async def chosen(mailed: Mailed) -> list[dict[str, Any]]:
    return await mailed.post.service.rows("select person_id, rhythm, weekday from mail_rhythm")


async def saved(visitor: Browser, place: str, **form: Any) -> httpx.Response:
    answer = await visitor.post(place, hidden_fields(await visitor.get(place)) | form)
    assert answer.status_code == 303, answer.text
    return await visitor.get(answer.headers["location"])


async def test_the_mail_leads_to_the_page_where_looking_changes_nothing(mailed: Mailed) -> None:
    visitor, place = mailed.portal.browser(), link("amina")
    for _ in range(3):
        shown = await visitor.get(place)
        assert shown.status_code == 200
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert shown.headers["cache-control"] == "no-store"
        assert place.rpartition("/")[2] not in shown.text  # the address is repeated nowhere
        assert "amina" not in shown.text.lower()
    assert await chosen(mailed) == []
    assert await mailed.off() == 0


async def test_what_is_chosen_is_said_to_be_saved_and_can_be_chosen_back(mailed: Mailed) -> None:
    visitor, place = mailed.portal.browser(), link("amina")
    shown = await saved(visitor, place, **CHOSEN, **NIGHT)
    assert "Saved. It counts from the next mail on" in shown.text
    assert 'value="support" checked' not in shown.text
    assert 'value="friday" selected' in shown.text
    assert 'value="20:00"' in shown.text
    assert await chosen(mailed) == [{"person_id": "amina", "rhythm": "weekly", "weekday": 5}]
    await saved(visitor, place, wanted=["reminders", "pledges", "support"], rhythm="at_once")
    assert await chosen(mailed) == [{"person_id": "amina", "rhythm": "at_once", "weekday": None}]
    assert await mailed.off() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quiet_from": "20:00", "quiet_until": "20:00"}, "quiet_until"),
        ({"quiet_from": "20:00", "quiet_until": ""}, "quiet_until"),
        ({"quiet_from": "late", "quiet_until": "07:00"}, "quiet_from"),
        ({"weekday": ""}, "weekday"),
        ({"rhythm": "hourly"}, "rhythm"),
    ],
)
async def test_what_does_not_go_together_is_told_at_its_field_and_nothing_typed_is_lost(
    mailed: Mailed, wrong: dict[str, Any], field: str
) -> None:
    visitor, place = mailed.portal.browser(), link("amina")
    form = hidden_fields(await visitor.get(place)) | CHOSEN | NIGHT | wrong
    answer = await visitor.post(place, form)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert f'id="field-{field}"' in answer.text
    named = {"quiet_from": "Quiet hours, from: ", "quiet_until": "Quiet hours, until: ", "weekday": "on which day: "}
    assert named.get(field, "News comes: ") in answer.text
    assert 'value="support" checked' not in answer.text
    assert await chosen(mailed) == []


async def test_an_altered_link_is_said_to_be_none(mailed: Mailed) -> None:
    place = link("amina")
    altered = place[:-1] + ("A" if place[-1] != "A" else "B")
    visitor = mailed.portal.browser()
    form = hidden_fields(await visitor.get(place)) | CHOSEN
    for answer in (await visitor.get(altered), await visitor.post(altered, form)):
        assert answer.status_code == 404
        assert "Nothing was changed" in answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert await chosen(mailed) == []


async def test_a_form_from_elsewhere_is_refused(mailed: Mailed) -> None:
    answer = await mailed.portal.browser().post(link("amina"), CHOSEN, sec_fetch_site="cross-site")
    assert answer.status_code == 403
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert await chosen(mailed) == []


async def test_who_signs_in_chooses_their_own_with_language_and_zone(mailed: Mailed, pledges: Service) -> None:
    contact = {"name": "Amina", "address": "amina@demo.invalid", "language": "fr", "time_zone": "Africa/Nairobi"}
    who = bearer("amina") | {"If-Match": '"0"'}
    assert (await pledges.client.put("/me/contact", json=contact, headers=who)).status_code == 200
    amina = mailed.portal.signed_in("amina")
    assert 'value="Africa/Nairobi" selected' in (await amina.get(OWN)).text
    spoken = {"language": "ar", "time_zone": "Pacific/Kiritimati"}
    shown = await saved(amina, OWN, **CHOSEN, **NIGHT, **spoken)
    assert 'value="Pacific/Kiritimati" selected' in shown.text
    assert (await pledges.client.get("/me", headers=bearer("amina"))).json()["contact"] == contact | spoken
    assert await chosen(mailed) == [{"person_id": "amina", "rhythm": "weekly", "weekday": 5}]
    form = hidden_fields(await amina.get(OWN)) | {
        "rhythm": "daily",
        "language": "ar",
        "time_zone": "Atlantis/Poseidonis",
    }
    answer = await amina.post(OWN, form)
    assert answer.status_code == 422
    assert 'href="#field-time_zone"' in answer.text
    assert await chosen(mailed) == [{"person_id": "amina", "rhythm": "weekly", "weekday": 5}]


async def test_who_has_no_address_here_is_told_so_and_nobody_else_sees_the_page(mailed: Mailed) -> None:
    bruno = mailed.portal.signed_in("bruno")
    assert "No e-mail can reach you yet" in (await bruno.get(OWN)).text
    await saved(bruno, OWN, rhythm="daily")
    assert await chosen(mailed) == [{"person_id": "bruno", "rhythm": "daily", "weekday": None}]
    away = await mailed.portal.browser().get(OWN)
    assert (away.status_code, away.headers["location"].startswith("/sign-in")) == (303, True)


async def test_stopping_can_be_undone_on_its_page_which_leads_to_all_choices(mailed: Mailed) -> None:
    visitor = mailed.portal.browser()
    shown = await visitor.get(mailed.link)
    stopped = await visitor.post(f"{mailed.link}?from=page", hidden_fields(shown))
    assert "Get them again" in stopped.text
    assert await mailed.off() == 1
    back = await visitor.post(f"{mailed.link}/undo", hidden_fields(stopped))
    assert back.status_code == 303
    again = await visitor.get(back.headers["location"])
    assert "You get these mails again" in again.text
    assert await mailed.off() == 0
    [place] = [line for line in again.text.split('"') if line.startswith("/preferences/")]
    assert (await visitor.get(place)).status_code == 200


async def test_an_undoing_from_elsewhere_is_refused(mailed: Mailed) -> None:
    program = mailed.portal.browser()
    await program.post(mailed.link, {"List-Unsubscribe": "One-Click"})
    assert (await program.post(f"{mailed.link}/undo", {}, sec_fetch_site="cross-site")).status_code == 403
    assert await mailed.off() == 1
