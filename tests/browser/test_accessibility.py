"""No page breaks a rule of axe-core (WCAG 2.2 AA), and none is wider than a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ecase.audit import sequencer
from ecase.cases.services import join_team
from tests.browser.conftest import Enter, Shoot
from tests.browser.court import Court, Visit, overflow
from tests.factories import PostFactory
from tests.logs import PATIENCE
from tests.motions.conftest import World, make_world, storage  # noqa: F401 - fixtures
from tests.portal import scenes
from tests.portal.conftest import committed  # noqa: F401 - a fixture
from workflows.motions.services import drafts
from workflows.motions.states import ActType

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def world(committed: World) -> World:  # noqa: F811
    return committed


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong, one line each: the rule and the element."""
    if not page.evaluate("'axe' in window"):
        # Evaluated by the debugger and not as a script of the page, whose policy would rightly refuse it.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{violation['id']}: {node['html'][:160]}" for violation in result["violations"] for node in violation["nodes"]
    ]


def check(page: Page, *addresses: str) -> None:
    """Look at each page wide and narrow."""
    for address in addresses:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        found = faults(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert (found, faults(page), overflow(page)) == ([], [], 0), address


@pytest.mark.console_errors(r"404 .*/no-such-page/")
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_pages_for_everybody(page: Page, live_server: object, court: Court, language: str) -> None:
    page.goto(f"{live_server}/sign-in/")
    page.locator(f"button[name=language][value={language}]").click()
    check(page, *(f"{live_server}{path}" for path in ("/sign-in/", "/verify/", "/no-such-page/")))


def test_pages_of_an_investigator(visit: Visit, court: Court) -> None:
    draft, decided = court.draft("custody"), court.decided("search", "sanctioned")
    page = visit.of(court.posts["investigator"], "kk").page
    act = decided.acts.get(type="motion")
    check(page, "/", "/?scope=all", "/cases/", f"/cases/{court.case.pk}/", "/inbox/", "/statistics/", "/sessions/")
    check(page, f"/motions/{draft.pk}/draft/", f"/motions/{draft.pk}/acts/motion/preview/")
    check(page, f"/motions/{decided.pk}/", f"/motions/{decided.pk}/acts/execution_report/")
    check(page, f"/acts/{act.pk}/", f"/acts/{act.pk}/done/")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_of_intake(enter: Enter, world: World, language: str) -> None:
    case, suspect = world.case, world.case.persons.get(capacity="suspect")
    persons = f"/cases/{case.pk}/persons/"
    page = enter(PostFactory(), language)
    check(page, "/", "/cases/")
    page = enter(world.posts["investigator"], language)
    check(page, "/cases/open/", f"/cases/{case.pk}/", f"/cases/{case.pk}/correction/", persons, f"{persons}?form=legal")
    check(page, f"/cases/{case.pk}/counsel/{case.counsel.get().pk}/", f"{persons}{suspect.pk}/")
    for address in (f"{persons}{suspect.pk}/counsel/", "/cases/open/", persons):
        check(page, address)
        page.locator("main form .govuk-button").first.click()
        page.locator(".govuk-error-summary").wait_for()
        assert (faults(page), overflow(page)) == ([], 0), address


def test_pages_of_a_prosecutor(visit: Visit, court: Court) -> None:
    motion = court.filed("custody")
    page = visit.of(court.posts["prosecutor"], "ru").page
    check(
        page, "/", f"/motions/{motion.pk}/", f"/motions/{motion.pk}/materials/", f"/motions/{motion.pk}/acts/refusal/"
    )
    page.get_by_role("button", name="Перейти к подписанию").click()
    page.locator(".govuk-error-summary").wait_for()
    assert faults(page) == []


def test_pages_of_a_judge(visit: Visit, court: Court) -> None:
    motion = court.assigned("custody")
    page = visit.of(court.post(motion, "judge"), "kk").page
    check(page, "/", f"/motions/{motion.pk}/", f"/motions/{motion.pk}/materials/", f"/motions/{motion.pk}/decide/")
    page.locator('input[name="payload.outcome"][value="sanctioned"]').check()
    page.locator('[id="payload.reasons"]').wait_for()
    page.get_by_role("button", name="Жоба сұрау").click()
    page.locator(".app-suggestion__label").wait_for()
    assert faults(page) == []


def test_pages_of_an_auditor(visit: Visit, court: Court) -> None:
    court.filed("search")
    page = visit.of(court.posts["auditor"], "ru").page
    check(page, "/audit/")
    page.locator("tbody a").first.click()
    assert faults(page) == []
    page.goto("/audit/")
    page.get_by_role("button", name="Проверить весь журнал").click()
    page.locator(".govuk-warning-text").wait_for()
    assert faults(page) == [], "no checkpoint outside of the database was there yet"

    sequencer.settle(PATIENCE)
    page.goto("/audit/")
    page.get_by_role("button", name="Проверить весь журнал").click()
    page.locator(".govuk-panel--confirmation").wait_for()
    assert faults(page) == []


def test_pages_of_a_whole_life(enter: Enter, world: World) -> None:
    page = enter(world.posts["investigator"], "ru")
    draft = drafts.create(world.case, "custody_extension", world.posts["investigator"])
    returned = scenes.returned(world)
    drafts.save(returned, returned.author, {**returned.payload, "reasons": "Жаңа уәж."})
    delivered, heard = scenes.delivered(world), scenes.heard(world)
    check(page, f"/cases/{world.case.pk}/motions/", f"/motions/{draft.pk}/draft/", f"/motions/{returned.pk}/versions/")
    check(page, f"/motions/{delivered.pk}/", f"/motions/{heard.pk}/", f"/motions/{heard.pk}/notices/")
    check(page, f"/motions/{heard.pk}/draw/", "/?scope=under_way", "/inbox/", f"/motions/{scenes.covert(world).pk}/")
    on_paper = world.does(scenes.filed(world), ActType.FORMAT_ORDER, "author", format="paper")
    check(page, f"/motions/{on_paper.pk}/")


def test_pages_of_what_one_has_returned(enter: Enter, shoot: Shoot, world: World) -> None:
    motion = scenes.returned(world)
    page = enter(world.posts["prosecutor"], "ru")
    act = motion.acts.get(type=ActType.RETURN)
    check(page, f"/acts/{act.pk}/done/", "/?scope=kept", f"/motions/{motion.pk}/")
    shoot(page, "kept")


ACTS = ["minutes", "execution_report", "supplement", "correction", "transfer", "admission", "appeal", "restoration"]
ACTS += ["appeal_recusal", "appeal_reassignment"]


def test_a_case_whose_head_names_the_leader(enter: Enter, world: World) -> None:
    PostFactory(organisation=world.case.organisation)
    join_team(world.case, world.posts["head_of_unit"], PostFactory(organisation=world.case.organisation).officer)
    page = enter(world.posts["head_of_unit"], "kk")
    check(page, f"/cases/{world.case.pk}/")
    assert page.locator("form[action*='/team/']").count() >= 2


@pytest.mark.parametrize("act_type", ACTS)
def test_pages_of_acts(enter: Enter, world: World, act_type: str) -> None:
    role, scene, _given = scenes.SCENES[ActType(act_type)]
    motion = world.opened(scene(world), role)
    page = enter(world.post(motion, role), "kk")
    check(page, f"/motions/{motion.pk}/acts/{act_type}/")
    add = page.locator("[data-add-row]")
    if add.count():
        add.first.click()
        assert (faults(page), overflow(page)) == ([], 0)


def test_pages_of_an_appellate_judge(enter: Enter, world: World) -> None:
    motion = scenes.sent_up(world)
    world.opened(motion, "appellate_judge")
    page = enter(world.posts["appellate_judge"], "kk")
    check(page, "/", f"/motions/{motion.pk}/", f"/motions/{motion.pk}/acts/appeal_ruling/")
    page.locator('input[name="payload.outcome"]').last.check()
    page.locator('[id="payload.reasons"]').wait_for()
    assert (faults(page), overflow(page)) == ([], 0)
