"""A file is checked in the browser: its digest leaves, the file does not."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Request, expect

from ecase.cases import integrity
from tests.browser.court import Court
from workflows.motions.models import Act

STATUS = "[data-genuine-status]"


@pytest.fixture
def act(court: Court) -> Act:
    return court.filed("custody").acts.get(position=1)


@pytest.fixture
def paper(act: Act, tmp_path: Path) -> Path:
    """The act's PDF in a file, as somebody has got it by mail."""
    assert act.pdf
    with integrity.open_intact(act.pdf.sha256) as stored:
        (tmp_path / "paper.pdf").write_bytes(stored.read())
    return tmp_path / "paper.pdf"


def in_english(page: Page, address: str) -> Page:
    """The page in English, with everything that it fetches by itself there."""
    english = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": address}
    page.context.add_cookies([english])  # type: ignore[list-item]
    page.goto(address, wait_until="networkidle")
    return page


def watched(page: Page) -> list[Request]:
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request))  # noqa: PLW0108 - Playwright asks a function for its module
    return seen


def test_the_file_never_leaves_the_browser(page: Page, live_server: Any, act: Act, paper: Path) -> None:
    in_english(page, f"{live_server}/verify/?act={act.pk}")
    seen = watched(page)
    page.locator("#genuine-file").set_input_files(paper)
    expect(page.locator(f"{STATUS} strong")).to_have_text("Genuine")
    assert act.pdf
    (asked,) = [request for request in seen if "/static/" not in request.url]
    assert all(request.method == "GET" for request in seen)
    assert (asked.method, asked.post_data_buffer) == ("GET", None)
    assert asked.url == f"{live_server}/verify/genuine/?sha256={act.pdf.sha256}&act={act.pk}"
    assert act.motion.case.number not in page.locator("main").inner_text()


def test_an_altered_and_an_unknown_file_are_told_apart(page: Page, live_server: Any, act: Act, paper: Path) -> None:
    in_english(page, f"{live_server}/verify/?act={act.pk}")
    paper.write_bytes(paper.read_bytes() + b" ")
    page.locator("#genuine-file").set_input_files(paper)
    expect(page.locator(f"{STATUS} strong")).to_have_text("Altered")
    page.goto(f"{live_server}/verify/")
    page.locator("#genuine-file").set_input_files(paper)
    expect(page.locator(f"{STATUS} strong")).to_have_text("Unknown")


def test_a_file_may_be_dropped(page: Page, live_server: Any, act: Act, paper: Path) -> None:
    in_english(page, f"{live_server}/verify/?act={act.pk}")
    data = page.evaluate_handle(
        """bytes => { const data = new DataTransfer();
           data.items.add(new File([new Uint8Array(bytes)], "paper.pdf", {}));
           return data; }""",
        list(paper.read_bytes()),
    )
    page.dispatch_event("[data-genuine-drop]", "drop", {"dataTransfer": data})
    expect(page.locator(f"{STATUS} strong")).to_have_text("Genuine")


def test_p_a9_a_file_that_misses_the_field_is_not_opened(page: Page, live_server: Any) -> None:
    in_english(page, f"{live_server}/verify/")
    for event in ("dragover", "drop"):
        is_left_alone = page.evaluate(
            "type => document.body.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true}))", event
        )
        assert not is_left_alone, event


def test_a_service_that_does_not_answer_says_nothing_about_the_file(page: Page, live_server: Any, paper: Path) -> None:
    in_english(page, f"{live_server}/verify/")
    page.route("**/verify/genuine/**", lambda route: route.abort())
    page.locator("#genuine-file").set_input_files(paper)
    expect(page.locator(f"{STATUS} strong")).to_have_text("The check did not come about.")
