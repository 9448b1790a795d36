"""P-A6, P-A7, P-A16: two windows on one draft, what stays in view, and a session that ends while somebody writes."""

import pytest
from playwright.sync_api import expect

from ecase.officers.models import Session
from tests.browser.conftest import OUTPUT, Enter, Shoot
from tests.browser.court import overflow
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal.conftest import committed  # noqa: F401 - a fixture
from workflows.motions.models import Motion

SAVED = '#draft-status[data-state="saved"]:has-text("Saved at")'
FIRST, SECOND = "Бірінші терезе.", "Екінші терезе."


@pytest.fixture
def world(committed: World) -> World:  # noqa: F811
    return committed


def test_p_a6_two_windows_lose_nothing(world: World, enter: Enter, shoot: Shoot) -> None:
    motion = world.draft("custody", offence=None, reasons=None, circumstances=None)
    first = enter(world.posts["investigator"])
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/motions/{motion.pk}/draft/")
    first.locator('[id="payload.offence"]').fill(FIRST)
    first.locator(SAVED).wait_for()
    second.locator('[id="payload.reasons"]').fill(SECOND)
    second.locator(SAVED).wait_for()
    expect(second.locator('[id="payload.offence"]')).to_have_value(FIRST)
    stored = Motion.objects.get().payload
    assert (stored["offence"], stored["reasons"]) == (FIRST, SECOND)

    first.locator('[id="payload.reasons"]').fill(FIRST)
    conflict = first.locator("#conflicts")
    expect(conflict).to_contain_text(SECOND)
    expect(first.locator('[id="payload.reasons"]')).to_have_value(FIRST)
    assert Motion.objects.get().payload["reasons"] == SECOND
    shoot(first, "two-windows")
    conflict.get_by_role("button", name="Keep my text").click()
    first.locator(SAVED).wait_for()
    expect(first.locator("#conflicts section")).to_have_count(0)
    assert Motion.objects.get().payload["reasons"] == FIRST


def test_p_a7_what_is_saved_and_what_is_missing_stay_in_view(world: World, enter: Enter) -> None:
    motion = world.draft("custody", offence=None, reasons=None)
    page = enter(world.posts["investigator"])
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"/motions/{motion.pk}/draft/")
        page.locator('[id="payload.milder_impossible"]').scroll_into_view_if_needed()
        page.locator('[id="payload.milder_impossible"]').focus()
        expect(page.locator("#draft-status")).to_be_in_viewport()
        missing = "#missing-short" if width == 390 else "#missing .app-missing__count"
        expect(page.locator(missing)).to_be_in_viewport()
        page.screenshot(path=OUTPUT / f"draft-in-view-{width}.png")
        assert overflow(page) == 0


def test_p_a16_a_session_that_ends_says_so_and_keeps_the_text(world: World, enter: Enter, shoot: Shoot) -> None:
    motion = world.draft("custody", reasons=None)
    page = enter(world.posts["investigator"])
    page.goto(f"/motions/{motion.pk}/draft/")
    Session.objects.all().delete()
    page.locator('[id="payload.reasons"]').fill(FIRST)
    dialog = page.locator("#session-ended")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Your session has ended")
    shoot(page, "session-ended")
    dialog.get_by_role("button", name="Stay on this page").click()
    expect(page.locator('[id="payload.reasons"]')).to_have_value(FIRST)
    assert page.url.endswith("/draft/")


def test_f_f14_letters_that_the_paper_cannot_show_are_told_while_typing(world: World, enter: Enter) -> None:
    motion = world.draft("custody", reasons=None)
    page = enter(world.posts["investigator"])
    page.goto(f"/motions/{motion.pk}/draft/")
    page.locator('[id="payload.reasons"]').fill("Məmmədov Əli")
    expect(page.locator("#conflicts")).to_contain_text("ə (U+0259)")
    page.locator('[id="payload.reasons"]').fill("Mammadov Ali")
    expect(page.locator("#unshown-title")).to_have_count(0)


def test_p_a13_nothing_hides_the_time_left_and_the_menu_fits(world: World, enter: Enter, shoot: Shoot) -> None:
    motion = world.does(world.assigned("custody"), "hearing_order", "judge")
    page = enter(world.post(motion, "judge"), "ru")
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/?scope=all")
        time = page.locator(".app-row .app-due").first.bounding_box()
        state = page.locator(".app-row .app-row__state").first.bounding_box()
        assert time
        assert state
        assert time["x"] + time["width"] <= state["x"] or time["y"] + time["height"] <= state["y"]
        assert overflow(page) == 0
        expect(page.locator("#more-filters")).to_be_hidden()
        shoot(page, f"queue-{width}")
    page.get_by_role("button", name="Ещё фильтры").click()
    expect(page.locator("#kind")).to_be_visible()
    page.goto(f"/motions/{motion.pk}/")
    shoot(page, "motion-320")
    fonts = page.locator(".app-why").evaluate_all("all => all.map(each => getComputedStyle(each).fontFamily)")
    assert fonts
    assert all("Noto Sans" in font for font in fonts)
