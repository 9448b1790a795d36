"""Writing a motion: nothing typed is lost, and what is missing is said before anybody signs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.court import Court, Visit, fill_custody, overflow, picture
from tests.journeys.walk.persons import Person
from tests.motions.conftest import PDF
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import State

SAVED = '#draft-status[data-state="saved"]:has-text("Saved at")'


@pytest.fixture
def writer(visit: Visit, court: Court) -> Person:
    """An investigator in front of a new custody draft."""
    person = visit.of(court.posts["investigator"])
    person.page.goto(f"/cases/{court.case.pk}/motions/")
    person.page.locator("button[name=kind][value=custody]").click()
    return person


def test_a_custody_motion_is_written_and_signed(writer: Person, tmp_path: Path) -> None:
    page = writer.page
    expect(page.locator('[id="payload.qualification"]')).not_to_have_value("")
    fill_custody(writer)
    page.locator(SAVED).wait_for()
    picture(page, "motion-form")
    page.locator("#missing a", has_text="Attach: Certified copies").click()
    expect(page.locator('[id="attachments.materials"]')).to_be_focused()
    for requirement in ("materials", "detention_protocol"):
        writer.upload(requirement, _pdf(tmp_path))
    expect(page.locator("#missing")).to_contain_text("Nothing is missing. You can sign.")

    page.get_by_role("button", name="Continue to signing").click()
    expect(page.locator(".app-digest")).to_have_text(re.compile(r"([0-9a-f]{8} ){7}[0-9a-f]{8}"))
    writer.sign()
    expect(page.locator("h1")).to_have_text("Signed: Motion")
    assert Motion.objects.get().state == State.SUBMITTED


def test_everything_that_is_missing_is_named_and_linked(writer: Person) -> None:
    page = writer.page
    page.get_by_role("button", name="Continue to signing").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(page.locator("#missing li").count())
    summary.locator("a", has_text="Why custody is needed").click()
    expect(page.locator('[id="payload.reasons"]')).to_be_focused()


def test_what_was_typed_without_a_connection_is_kept_and_sent_later(writer: Person) -> None:
    page = writer.page
    writer.context.set_offline(True)
    writer.fill("reasons", "Байланыс үзілгенде жазылған мәтін.")
    page.locator('#draft-status[data-state="offline"]').wait_for()
    assert "reasons" not in Motion.objects.get().payload

    writer.context.set_offline(False)
    page.locator(SAVED).wait_for()
    assert Motion.objects.get().payload["reasons"] == "Байланыс үзілгенде жазылған мәтін."


def test_what_was_typed_survives_a_closed_page(writer: Person) -> None:
    page = writer.page
    writer.context.set_offline(True)
    writer.fill("reasons", "Сақталмаған мәтін.")
    page.locator('#draft-status[data-state="offline"]').wait_for()
    address = page.url
    page.goto("about:blank")
    writer.context.set_offline(False)

    page.goto(address)
    expect(page.locator('[id="payload.reasons"]')).to_have_value("Сақталмаған мәтін.")
    writer.saved()
    assert Motion.objects.get().payload["reasons"] == "Сақталмаған мәтін."


def test_a_colleagues_change_is_not_overwritten(writer: Person, court: Court) -> None:
    motion = Motion.objects.get()
    drafts.save(motion, court.posts["investigator"], {"reasons": "Басқа терезеден."})
    writer.fill("reasons", "Осы терезеден.")
    expect(writer.page.locator("#conflicts")).to_contain_text("Басқа терезеден.")
    expect(writer.page.locator("#draft-status")).to_contain_text("was changed in another window too.")
    assert Motion.objects.get().payload["reasons"] == "Басқа терезеден."

    writer.page.get_by_role("button", name="Keep my text").click()
    writer.page.locator(SAVED).wait_for()
    assert Motion.objects.get().payload["reasons"] == "Осы терезеден."


def test_a_file_that_is_not_what_its_name_says_is_refused(writer: Person, tmp_path: Path) -> None:
    wrong = tmp_path / "хаттама.pdf"
    wrong.write_bytes(b"MZ this is a program")
    part = writer.page.locator("#part-materials")
    part.locator("input[type=file]").set_input_files(wrong)
    expect(part.locator("[role=alert]")).to_contain_text("“хаттама.pdf” does not end as its content asks: .txt")
    assert not Motion.objects.get().attachments.exists()


def test_a_draft_fits_a_phone_and_works_by_keyboard(writer: Person) -> None:
    page = writer.page
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) == 0
    page.locator('[id="payload.offence"]').focus()
    page.keyboard.type("Мәтін")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "payload.held"
    page.locator(SAVED).wait_for()


def test_a_field_is_shown_after_the_answer_that_asks_for_it(writer: Person) -> None:
    page = writer.page
    detained_at, missing = page.locator('[id="payload.detained_at"]'), page.locator("#missing")
    expect(detained_at).to_be_hidden()
    expect(page.locator('[name="payload.h72_case"]').first).to_be_hidden()
    expect(missing.locator('[href="#payload.detained_at"]')).to_have_count(0)

    page.locator('[name="payload.held"][value="detained"]').press("Space")
    expect(detained_at).to_be_visible()
    expect(page.locator("#newly-asked[role=status]")).to_contain_text("Also asked for now: Moment of actual detention")
    assert page.evaluate("document.activeElement.value") == "detained"
    expect(missing.locator('[href="#payload.detained_at"]')).to_have_count(1)
    page.keyboard.press("Tab")
    expect(detained_at).to_be_focused()

    exception = page.locator('[id="payload.exception"]')
    writer.fill("penalty", "up_to_five_years")
    writer.fill("exception", "Тұрақты тұрғылықты жері жоқ.")
    writer.fill("penalty", "over_five_years")
    writer.saved()
    page.reload()
    expect(exception).to_be_visible()
    expect(exception).to_have_value("Тұрақты тұрғылықты жері жоқ.")
    exception.fill("")
    writer.fill("economic", "no")
    expect(exception).to_be_hidden()


def _pdf(folder: Path) -> Path:
    path = folder / "материалдар.pdf"
    path.write_bytes(PDF)
    return path
