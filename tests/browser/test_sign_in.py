"""Signing in: the page's signer, what it says when something is missing, and what a stranger sees."""

import re

from playwright.sync_api import Page, expect

from ecase.audit.models import Entry
from tests.browser.court import Court, Visit, post_of

BUTTON = "form[data-signing] button[type=submit]"
STATUS = "[data-signing-status]"


def test_an_officer_signs_in_with_a_key_and_leaves_again(visit: Visit, court: Court) -> None:
    person = visit.of(court.posts["investigator"])
    expect(person.page.locator("h1")).to_have_text("My queue")
    expect(person.page.locator(".app-account__name")).to_have_text("Қайсарова Ә.М.")

    person.page.locator(".app-account summary").click()
    person.page.get_by_role("button", name="Sign out").click()
    expect(person.page).to_have_url(re.compile(r"/sign-in/$"))
    person.page.goto("/cases/")
    expect(person.page).to_have_url(re.compile(r"/sign-in/\?next=/cases/$"))


def test_the_pages_speak_the_officers_language(visit: Visit) -> None:
    person = visit.stranger(post_of("Соколова"))
    person.sign_in()
    expect(person.page.locator("html")).to_have_attribute("lang", "ru")
    expect(person.page.locator("h1")).to_have_text("Моя очередь")
    person.page.locator("button[name=language][value=kk]").click()
    expect(person.page.locator("h1")).to_have_text("Менің кезегім")
    assert post_of("Соколова").officer.language == "kk"


def test_without_a_signer_the_page_says_what_to_do(page: Page, live_server: object, court: Court) -> None:
    page.goto(f"{live_server}/sign-in/")
    page.locator("button[name=language][value=en]").click()
    page.locator(BUTTON).click()
    status = page.locator(STATUS)
    expect(status).to_contain_text("NCALayer does not answer on this computer.")
    expect(status).to_contain_text("Start NCALayer and try again.")
    expect(status).to_be_focused()


def test_whoever_cancels_is_told_that_nothing_was_signed(visit: Visit, court: Court) -> None:
    person = visit.stranger(court.posts["investigator"])
    person.page.goto("/sign-in/")
    person.page.locator("button[name=language][value=en]").click()
    person.page.locator(BUTTON).click()
    _answer(person.page, visit.signer, "cancel", {})
    expect(person.page.locator(STATUS)).to_contain_text("You cancelled the signature.")
    expect(person.page.locator(BUTTON)).to_be_enabled()


def test_a_stranger_is_refused_with_a_reason_and_recorded(visit: Visit, court: Court) -> None:
    post = court.posts["investigator"]
    post.officer.active = False
    post.officer.save()
    person = visit.stranger(post)
    person.page.goto("/sign-in/")
    person.page.locator("button[name=language][value=en]").click()
    person.page.locator(BUTTON).click()
    _answer(person.page, visit.signer, "choose", {"iin": post.officer.iin})
    expect(person.page.locator(STATUS)).to_contain_text("Your access has been ended.")
    assert "sign_in.refused" in [entry.event for entry in Entry.objects.filter(chain=f"officer:{post.officer_id}")]


def _answer(page: Page, signer: str, how: str, body: dict[str, str]) -> None:
    """What the person does at the demo signer, as soon as it asks."""
    page.locator(".app-signing-status--busy", has_text="Choose your key").wait_for()
    with page.context.new_page() as desk:
        desk.goto(signer)
        desk.wait_for_function("async () => (await (await fetch('/pending')).json()).length > 0")
        desk.evaluate(
            "([how, body]) => fetch('/' + how, {method: 'POST', body: JSON.stringify(body),"
            " headers: {'Content-Type': 'application/json'}})",
            [how, body],
        )
