"""The judge's page: reading first, the assistant's draft beside the editor, and the signed protocol."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from ecase.officers.models import Post
from tests.browser.court import Court, Visit, overflow, picture, post_of
from tests.journeys.walk.persons import Person
from workflows.drafting.models import Suggestion
from workflows.motions.models import Act, Motion, Opening
from workflows.motions.states import State

SANCTION = "sanctioned"


@pytest.fixture
def motion(court: Court) -> Motion:
    """A custody motion that is with its judge."""
    return court.assigned("custody")


@pytest.fixture
def judge(visit: Visit, court: Court, motion: Motion) -> Person:
    return visit.of(court.post(motion, "judge"))


def test_the_queue_shows_what_waits_with_the_time_left(judge: Person, motion: Motion) -> None:
    page = judge.page
    expect(page.locator(".app-row")).to_have_count(1)
    expect(page.locator(".app-row .app-due")).to_have_text(re.compile(r"7 h \d+ min left"))

    page.locator("#q").fill("no such motion")
    expect(page.locator("#motions h2")).to_have_text("No motion fits")
    page.locator("#q").fill(motion.case.number[-6:])
    expect(page.locator(".app-row")).to_have_count(1)


def test_a_busy_judge_sees_the_most_urgent_first(visit: Visit, court: Court) -> None:
    judge = post_of("Байтерекова")
    Post.objects.filter(role="judge").exclude(pk=judge.pk).update(valid_to=timezone.now())
    for kind in ("property_arrest", "custody", "search"):
        court.assigned(kind)
    page = visit.of(judge).page
    rows = page.locator(".app-row")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("at once")
    expect(rows.nth(1)).to_contain_text("Detention in custody")
    expect(rows.nth(2)).to_contain_text("23 h")
    picture(page, "queue")


def test_reading_is_stamped_before_anything_else(judge: Person, motion: Motion) -> None:
    page = judge.page
    page.goto(f"/motions/{motion.pk}/")
    expect(page.locator(".app-card--action")).to_contain_text("Read the materials first.")
    assert not Opening.objects.filter(motion=motion, role="judge").exists()

    page.get_by_role("button", name="Open the materials").click()
    expect(page.locator(".app-opened")).to_contain_text("First opened by you")
    assert Opening.objects.filter(motion=motion, role="judge").exists()
    expect(page.locator(".app-calls").get_by_role("button", name="Decide")).to_be_visible()


def test_a_suggestion_follows_the_reading_and_is_taken_over_only_by_the_judge(judge: Person, motion: Motion) -> None:
    page = judge.page
    page.goto(f"/motions/{motion.pk}/decide/")
    _choose(page, SANCTION)
    page.get_by_role("button", name="Ask for a draft").click()
    expect(page.locator("#suggestion [role=alert]")).to_contain_text("Open the materials first")

    page.goto(f"/motions/{motion.pk}/materials/")
    page.goto(f"/motions/{motion.pk}/decide/")
    _choose(page, SANCTION)
    page.get_by_role("button", name="Ask for a draft").click()
    expect(page.locator(".app-suggestion__label")).to_be_visible()
    reasons = page.locator('[id="payload.reasons"]')
    expect(reasons).to_have_value("")
    picture(page, "decision")

    page.get_by_role("button", name="Take over into my reasons").click()
    suggestion = Suggestion.objects.get()
    expect(reasons).to_have_value(suggestion.text)
    expect(page.locator("#suggestion-used")).to_have_value(str(suggestion.pk))

    reasons.fill("")
    expect(page.locator("#suggestion-used")).to_have_value("")


def test_the_decision_is_kept_previewed_and_signed(judge: Person, court: Court, motion: Motion) -> None:
    page = judge.page
    page.goto(f"/motions/{motion.pk}/materials/")
    page.goto(f"/motions/{motion.pk}/decide/")
    _choose(page, SANCTION)
    _fill(judge, court.decision(motion, SANCTION))

    page.get_by_role("button", name="Preview the document").click()
    expect(page.locator(".app-document__frame")).to_be_visible()
    page.get_by_role("button", name="Back to writing").click()
    expect(page.locator('[id="payload.reasons"]')).not_to_have_value("")

    page.get_by_role("button", name="Continue to signing").click()
    judge.sign()
    expect(page.locator("h1")).to_have_text("Signed: Protocol")
    assert Motion.objects.get().state in (State.DECIDED, State.DELIVERED)
    assert Act.objects.get(type="protocol").author == court.post(motion, "judge")


def test_what_is_missing_in_a_decision_is_named_and_nothing_is_lost(judge: Person, motion: Motion) -> None:
    page = judge.page
    page.goto(f"/motions/{motion.pk}/materials/")
    page.goto(f"/motions/{motion.pk}/decide/")
    page.get_by_role("button", name="Continue to signing").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose what you decide.")

    _choose(page, SANCTION)
    judge.fill("reasons", "Менің уәждерім.")
    page.get_by_role("button", name="Continue to signing").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Who attended")
    expect(page.locator('[id="payload.reasons"]')).to_have_value("Менің уәждерім.")


def test_the_decision_fits_a_phone(judge: Person, motion: Motion) -> None:
    page = judge.page
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("", "materials/", "decide/"):
        page.goto(f"/motions/{motion.pk}/{address}")
        assert overflow(page) == 0, address


def _choose(page: Page, outcome: str) -> None:
    page.locator(f'input[name="payload.outcome"][value="{outcome}"]').check()
    page.locator('[id="payload.reasons"]').wait_for()


def _fill(judge: Person, decision: dict[str, Any]) -> None:
    for key, value in decision.items():
        if key == "outcome":
            continue
        field = judge.page.locator(f'[name="payload.{key}"]')
        if field.first.get_attribute("type") == "datetime-local":
            field.fill(_local(value))
        else:
            judge.fill(key, _typed(value))


def _typed(value: Any) -> str:
    """An answer as the page's inputs name it."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _local(instant: str) -> str:
    return timezone.localtime(datetime.fromisoformat(instant)).strftime("%Y-%m-%dT%H:%M")
