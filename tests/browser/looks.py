"""How a page looks and whether everybody can use it: screenshots, axe-core, no sideways scrolling."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
WIDTHS = (320, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = [*WCAG, "best-practice"]
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def examine(page: Page, name: str, rules: Sequence[str] = RULES) -> list[str]:
    """What is wrong with the open page, in light and dark, narrow and wide; a screenshot of each is kept."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    faults = []
    for width, scheme in product(WIDTHS, SCHEMES):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # nothing in the middle of its change
        await page.set_viewport_size({"width": width, "height": 900})
        look = f"{name}-{width}-{scheme}"
        await page.screenshot(path=SCREENSHOTS / f"{look}.png", full_page=True)
        if sideways := await page.evaluate(_SIDEWAYS):
            faults.append(f"{look}: scrolls sideways by {sideways} px")
        faults += [f"{look}: {fault}" for fault in await _violations(page, rules)]
    return faults


async def _violations(page: Page, rules: Sequence[str]) -> list[str]:
    found = await Axe().run(page, options={"runOnly": list(rules), "resultTypes": ["violations"]})
    return [_said(one) for one in found.response["violations"]]


def _said(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["target"]) for node in violation["nodes"][:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}: {places}"
