"""The examination itself: it finds what is wrong, so that its silence means something."""

from playwright.async_api import Browser

from tests.browser.looks import examine

WRONG = """data:text/html,<html lang="en"><title>Wrong</title><main><h1>Wrong</h1><img src="x">
<p style="color: silver">hardly to be read</p><div style="width: 400px">wider than a phone</div></main>"""


async def test_what_is_wrong_is_found(browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(WRONG)
    faults = await examine(page, "wrong")
    await page.close()
    found = {fault.split(": ")[1].split(" ")[0] for fault in faults}
    assert {"image-alt", "color-contrast", "scrolls"} <= found, faults
    assert not [fault for fault in faults if "1440" in fault and "scrolls" in fault]
