"""No main page is wider than a phone, or than 320 px (400 % zoom); no texts or controls lie over each other (P-A13).

Errors in the console fail the test too (``watch``). ``make pictures`` looks at every page, wide and on paper as well.
"""

from tests.browser.conftest import Enter
from tests.browser.looks import faults, overlaps
from tests.browser.pictures import prints
from tests.browser.places import MAIN, pages_of
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal.conftest import committed  # noqa: F401 - a fixture

# Their prints are looked at too: a decision, a case, a form, an inbox.
PRINTED = {"motion", "case", "draft", "inbox"}


def test_p_a13_no_main_page_overflows_overlaps_or_complains(enter: Enter, committed: World) -> None:  # noqa: F811
    wrong: list[str] = []
    for role, names in pages_of(committed).items():
        page = enter(committed.posts[role], "kk")
        for name in MAIN & names.keys():
            wrong += [f"{role} {name}: {fault}" for fault in faults(page, names[name], 390, 320)]
            if role in ("investigator", "judge") and name in PRINTED:
                wrong += [f"{role} {name}: {fault}" for fault in prints(page)]
                page.emulate_media(media="screen")
    assert wrong == []


def test_the_check_itself_finds_overlaps(enter: Enter, committed: World) -> None:  # noqa: F811
    page = enter(committed.posts["judge"], "kk")
    wide = "<p style='width:900px'>wide</p>"
    page.set_content(f"<button>one</button><button style='margin-left:-20px'>two</button>{wide}")
    assert "one | two" in overlaps(page)


def test_p_a13_an_inbox_and_a_choice_are_seen_on_paper(enter: Enter, committed: World) -> None:  # noqa: F811
    places = pages_of(committed)["investigator"]
    page = enter(committed.posts["investigator"], "kk")
    page.emulate_media(media="print")
    page.goto(places["inbox"])
    assert page.locator(".app-notice__headline").first.is_visible()
    page.goto(places["returned"])
    chosen = page.locator(".govuk-radios__input:checked + .govuk-radios__label").first
    mark = chosen.evaluate("e => { const b = getComputedStyle(e, '::after'); return [b.position, b.opacity]; }")
    assert mark == ["absolute", "1"]
