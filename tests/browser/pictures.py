"""``make pictures``: every page of every role, wide and narrow, in both state languages, and its print (P-A13).

They are kept in ``tests/output/pictures``. The faults of ``test_looks.py`` are looked for, on paper too.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OUTPUT, Enter
from tests.browser.looks import faults, overflow, overlaps
from tests.browser.places import pages_of
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal.conftest import committed  # noqa: F401 - a fixture

WIDTHS, LANGUAGES = (1280, 390, 320), ("kk", "ru")
# Of a sheet of A4 without its margins, in CSS pixels.
SHEET = 688


def prints(page: Page) -> list[str]:
    """What is wrong with the print of the open page: it fits a sheet, and has no buttons and no addresses."""
    page.set_viewport_size({"width": SHEET, "height": 1000})
    page.emulate_media(media="print")
    found = [f"print is wider by {overflow(page)} px"] if overflow(page) else []
    found += [f"print: {pair}" for pair in overlaps(page)]
    shown = "elements => elements.filter(e => e.checkVisibility()).map(e => e.textContent.trim())"
    found += [f"print has {text}" for text in page.eval_on_selector_all(".govuk-button, .app-header, nav", shown)]
    after = "links => links.map(a => getComputedStyle(a, '::after').content).filter(c => c.includes('/'))"
    return found + [f"print has the address {text}" for text in page.eval_on_selector_all("a", after)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_p_a13_every_page_and_its_print(enter: Enter, committed: World, language: str) -> None:  # noqa: F811
    wrong: list[str] = []
    for role, names in pages_of(committed).items():
        page = enter(committed.posts[role], language)
        for name, address in names.items():
            for width in WIDTHS:
                wrong += [f"{role} {name} {language} {width}: {fault}" for fault in faults(page, address, width)]
                keep(page, role, f"{name}-{language}-{width}")
            wrong += [f"{role} {name} {language}: {fault}" for fault in prints(page)]
            keep(page, role, f"{name}-{language}-print")
            page.emulate_media(media="screen")
    assert wrong == []


def keep(page: Page, role: str, name: str) -> None:
    """Keep a picture of the whole page."""
    folder = Path(OUTPUT) / "pictures" / role
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
