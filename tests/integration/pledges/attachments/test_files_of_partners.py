"""What partners of a pledge may do with its files."""

from tests.integration.pledges.attachments.test_files import send
from tests.integration.pledges.conftest import AMINA, KOFI, Desk
from tests.support.entities import faults, made
from tests.support.files import PDF

JOINT = {"kind": "in_partnership", "partner_entities": ["kalmora"]}


async def test_a_partner_publishes_no_file_that_the_entity_keeps_to_itself(desk: Desk) -> None:
    pledge_id = await desk.published(**JOINT)
    path = f"/pledges/{pledge_id}"
    file = (await send(desk, pledge_id, PDF)).json()["attachment_id"]
    report = {"status": "in_progress", "evidence": [{"file": file}]}
    refused = await desk.post(f"{path}/updates", report, KOFI)
    assert (refused.status_code, set(faults(refused))) == (422, {"evidence.0.file"})
    assert (await desk.get(f"{path}/attachments/{file}")).status_code == 404
    await made(desk.post(f"{path}/updates", report, AMINA))
    assert (await desk.get(f"{path}/attachments/{file}")).content == PDF
    await made(desk.post(f"{path}/updates", report, KOFI))  # what is public anybody may point at
