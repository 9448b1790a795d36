"""Every page of every role, wide and narrow, in both state languages, and its print (P-A13): ``make pictures``.

Every page is opened in every width and language and looked at for overflow, overlaps and errors; its picture is kept in
``tests/output``. Without ``ECASE_PICTURES=1`` each is opened once, as narrow as it gets (400 % zoom), and none is kept.
"""

import os
from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OUTPUT, Enter
from tests.browser.looks import Console, overflow, overlaps
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal import scenes
from tests.portal.conftest import committed  # noqa: F401 - a fixture
from workflows.motions.models import Motion
from workflows.motions.services import drafts

IS_WHOLE = os.environ.get("ECASE_PICTURES") == "1"
WIDTHS, LANGUAGES = (1280, 390, 320), ("kk", "ru")
# Of a sheet of A4 without its margins, in CSS pixels.
SHEET = 688
Pages = dict[str, dict[str, str]]


@pytest.fixture
def world(committed: World) -> World:  # noqa: F811
    return committed


def pages_of(world: World) -> Pages:
    """The addresses of each role's pages, by name."""
    case, posts = world.case, world.posts
    draft = drafts.create(case, "custody", posts["investigator"])
    filed, assigned, returned = scenes.filed(world), scenes.assigned(world), scenes.returned(world)
    delivered, heard, up = scenes.delivered(world), scenes.heard(world), scenes.sent_up(world)
    everybody = {"queue": "/", "all": "/?scope=all", "inbox": "/inbox/", "statistics": "/statistics/"}
    everybody |= {"sessions": "/sessions/", "signatures": "/signatures/", "verify": "/verify/"}
    cases = {"cases": "/cases/", "case": f"/cases/{case.pk}/"}
    suspect, counsel = case.persons.get(capacity="suspect"), case.counsel.get()
    about = f"/cases/{case.pk}/persons/{suspect.pk}/"
    intake = {
        "person-add": f"/cases/{case.pk}/persons/",
        "legal-person-add": f"/cases/{case.pk}/persons/?form=legal",
        "person": about,
        "counsel-name": f"{about}counsel/",
        "counsel-end": f"/cases/{case.pk}/counsel/{counsel.pk}/",
        "case-correct": f"/cases/{case.pk}/correction/",
    }
    whole = _of_motion(delivered) | {"act": f"/acts/{delivered.acts.order_by('position')[0].pk}/"}
    return {
        "investigator": everybody
        | cases
        | intake
        | {
            "case-open": "/cases/open/",
            "start": f"/cases/{case.pk}/motions/",
            "draft": f"/motions/{draft.pk}/draft/",
            "returned": f"/motions/{returned.pk}/draft/",
            "versions": f"/motions/{returned.pk}/versions/",
            "report": f"/motions/{delivered.pk}/acts/execution_report/",
        }
        | whole,
        "head_of_unit": everybody | cases | _of_motion(filed),
        "prosecutor": everybody
        | cases
        | {"agreement": f"/motions/{filed.pk}/acts/agreement/", "return": f"/motions/{filed.pk}/acts/return/"}
        | _of_motion(filed),
        "judge": everybody | {"decide": f"/motions/{assigned.pk}/decide/"} | _of_motion(heard),
        "clerk": everybody | _of_motion(heard),
        "court_chair": everybody | {"replace": f"/motions/{assigned.pk}/acts/replacement/"} | _of_motion(assigned),
        "defender": everybody | cases | {"appeal": f"/motions/{delivered.pk}/acts/appeal/"} | _of_motion(up),
    }


def _of_motion(motion: Motion) -> dict[str, str]:
    begin = f"/motions/{motion.pk}/"
    parts = {"motion": "", "materials": "materials/", "notices": "notices/", "copies": "copies/"}
    return {name: begin + part for name, part in parts.items()}


def looks(page: Page, address: str, width: int) -> list[str]:
    """What is wrong with the page in a window of that width."""
    page.set_viewport_size({"width": width, "height": 900 if width > 1000 else 844})
    answer = page.goto(address)
    found = [f"{answer.status}"] if answer and answer.status >= 500 else []
    found += [f"wider by {overflow(page)} px"] if overflow(page) else []
    return found + overlaps(page)


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


def views(names: dict[str, str]) -> Iterator[tuple[str, str, list[int]]]:
    """The pages with the language and the widths in which each is opened."""
    if IS_WHOLE:
        yield from ((name, language, list(WIDTHS)) for name, language in product(names, LANGUAGES))
    else:
        yield from zip(names, cycle(LANGUAGES), cycle([[320], [320], [390], [390]]), strict=False)


def test_p_a13_no_page_overflows_overlaps_or_complains(enter: Enter, world: World) -> None:
    wrong: list[str] = []
    for role, names in pages_of(world).items():
        windows = {language: enter(world.posts[role], language) for language in LANGUAGES}
        consoles = [Console().listen(page) for page in windows.values()]
        for name, language, widths in views(names):
            page = windows[language]
            for width in widths:
                found = looks(page, names[name], width)
                wrong += [f"{role} {name} {language} {width}: {fault}" for fault in found]
                _keep(page, role, f"{name}-{language}-{width}")
            wrong += [f"{role} {name} {language}: {fault}" for fault in prints(page)]
            _keep(page, role, f"{name}-{language}-print")
            page.emulate_media(media="screen")
        wrong += [f"{role}: {fault}" for console in consoles for fault in console.errors]
        for page in windows.values():
            page.close()
    assert wrong == []


def _keep(page: Page, role: str, name: str) -> None:
    if IS_WHOLE:
        folder = Path(OUTPUT) / "pictures" / role
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
