"""What partners and the public see of pledges of several entities, and of reports that say more than a status."""

import re
from typing import Any

from services.pledges.progress.schemas import EXAMPLE as REPORT
from tests.integration.portal.whole import Whole, follow, send
from tests.support.api import once
from tests.support.entities import STAFF, add_entity, give
from tests.support.tokens import bearer


async def joint(whole: Whole) -> str:
    """A published pledge of Veridia whose partner is Tarela, for which Tariq acts."""
    city = {"entity_id": "tarela", "kind": "local_government", "names": {"en": "Tarela"}}
    await add_entity(whole.pledges, **city, aliases=[], groups=[])
    await give(whole.pledges, "tariq", entity_id="tarela")
    pledge_id = await whole.draft(submit=True, partner_entities=["tarela"])
    headers = once(STAFF) | {"If-Match": '"1"'}
    assert (await whole.pledges.client.post(f"/pledges/{pledge_id}/publish", headers=headers)).is_success
    return pledge_id


async def test_a_partner_finds_what_awaits_its_answer_and_gives_it(whole: Whole) -> None:
    pledge_id = await joint(whole)
    tariq = whole.person("tariq")
    listed = await tariq.get("/my/pledges")
    assert "Partners wait for your answer" in listed.text
    path = f"/my/pledges/{pledge_id}/answer?entity=tarela"
    assert path in listed.text
    bare = await send(tariq, path, answer="dissented")
    assert bare.status_code == 422
    assert 'href="#field-reason"' in bare.text
    given = await send(tariq, path, answer="dissented", reason="<b>Eight</b> posts.")
    assert "Your answer is public now" in (await follow(tariq, given)).text
    public = (await tariq.get(f"/pledges/{pledge_id}")).text
    assert "dissents" in public
    assert "&lt;b&gt;Eight&lt;/b&gt; posts." in public
    assert "Partners wait for your answer" not in (await tariq.get("/my/pledges")).text


async def test_nobody_answers_who_is_not_asked(whole: Whole) -> None:
    pledge_id = await joint(whole)
    refused = await send(whole.person("amina"), f"/my/pledges/{pledge_id}/answer", answer="signed_off")
    assert refused.status_code == 403
    assert (await whole.api(f"/pledges/{pledge_id}"))["sign_offs"][0]["answer"] == "awaited"


async def test_the_public_sees_shares_money_evidence_and_corrections(whole: Whole) -> None:
    pledge_id = await joint(whole)
    for report in (REPORT, REPORT | {"status": "delayed", "corrects": 1}):
        said = await whole.pledges.client.post(
            f"/pledges/{pledge_id}/updates", json=report, headers=once(bearer("amina"))
        )
        assert said.is_success, said.text
    shown = re.sub(r"\s+", " ", (await whole.person("tariq").get(f"/pledges/{pledge_id}")).text)
    for words in ("37% of the way", "With evidence", "1,100,000 EUR", 'href="#report-2"', "answer awaited"):
        assert words in shown, words
    assert f'href="{REPORT["evidence"][0]["url"]}" rel="noopener noreferrer external"' in shown


async def test_who_is_stuck_is_led_to_a_request_that_has_begun(whole: Whole) -> None:
    pledge_id = await joint(whole)
    amina = whole.person("amina")
    path = f"/my/pledges/{pledge_id}/report"
    unlinked = await send(amina, path, status="stalled", ask_confirmation="yes")
    assert (unlinked.status_code, 'href="#field-evidence"' in unlinked.text) == (422, True)
    words: dict[str, Any] = {"summary": "No printers.", "barriers": "resources", "stuck": "yes"}
    words["evidence.0.url"] = "https://veridia.example/posts"
    sent = await send(amina, path, status="stalled", **words)
    page = await follow(amina, sent)
    assert "You said that you are stuck" in page.text
    support = f"/my/pledges/{pledge_id}/support?about=1"
    assert support in page.text
    assert "No printers." in (await amina.get(support)).text
    [update] = (await whole.api(f"/pledges/{pledge_id}/updates"))["items"]
    assert (update["stuck"], update["level"]) == (True, "evidenced")
