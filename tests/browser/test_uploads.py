"""P-C1, P-A16: files are dropped together, go on where the line broke, and what is wrong is said before it is sent."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.court import Court, Visit
from tests.cases import samples
from tests.cases.court_files import box, mp4
from workflows.motions.models import Motion

MIB = 2**20
DROP = """async ([selector, files]) => {
  const held = new DataTransfer();
  for (const [name, text] of files) held.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
  const target = document.querySelector(selector);
  for (const name of ["dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: held }));
  }
}"""


@pytest.fixture
def page(visit: Visit, court: Court) -> Page:
    """An investigator in front of a new custody draft."""
    person = visit.of(court.posts["investigator"])
    person.page.goto(f"/cases/{court.case.pk}/motions/")
    person.page.locator("button[name=kind][value=custody]").click()
    person.page.locator("#draft-form").wait_for()
    return person.page


def film(size: int) -> bytes:
    """A film of that many bytes."""
    begin = mp4(data=b"")[:-8]
    return begin + box(b"mdat", bytes(size - len(begin) - 8))


def names() -> list[str]:
    return list(Motion.objects.get().attachments.values_list("document__name", flat=True))


def test_p_c1_files_that_are_dropped_together_are_attached(page: Page) -> None:
    files = [("1.pdf", samples.pdf()), ("2.png", samples.PNG), ("3.exe", b"MZ\0\0")]
    page.evaluate(DROP, ["#part-materials", [[name, base64.b64encode(data).decode()] for name, data in files]])
    part = page.locator("#part-materials")
    expect(part.locator(".app-files li")).to_have_count(2)
    expect(part.locator("[role=alert]")).to_contain_text("“3.exe” is of a type that is not accepted")
    assert names() == ["1.pdf", "2.png"]
    # The draft was saved by nobody else meanwhile.
    expect(page.locator("#draft-status")).not_to_contain_text("changed elsewhere")


@pytest.mark.console_errors(r"net::ERR_CONNECTION_RESET \(http[^ ]+/uploads/")
def test_p_c1_an_upload_goes_on_where_the_line_broke(page: Page, tmp_path: Path) -> None:
    sent: list[str] = []

    def cut(route: Route) -> None:
        sent.append(f"{route.request.method} {route.request.headers.get('upload-offset', '')}".strip())
        if sent.count("PATCH 8388608") == 1 and sent[-1] == "PATCH 8388608":
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*/", cut)
    (tmp_path / "тінту.mp4").write_bytes(film(20 * MIB))
    page.locator('[id="attachments.other"]').set_input_files(tmp_path / "тінту.mp4")
    expect(page.locator("#part-other .app-files li")).to_contain_text("тінту.mp4")
    assert sent == ["PATCH 0", "PATCH 8388608", "HEAD", "PATCH 8388608", "PATCH 16777216"]
    assert Motion.objects.get().attachments.get().document.blob.size == 20 * MIB


def test_p_a16_what_is_too_large_is_named_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    page.evaluate(
        "document.querySelectorAll('form[data-upload]').forEach(form => { form.dataset.uploadMost = 2097152 })"
    )
    (tmp_path / "large.pdf").write_bytes(bytes(3 * MIB))
    page.locator('[id="attachments.other"]').set_input_files(tmp_path / "large.pdf")
    expect(page.locator("#part-other [role=alert]")).to_have_text("“large.pdf” is larger than the limit of 2 MB.")
    assert names() == []


def test_p_a16_a_file_that_misses_its_place_is_not_opened(page: Page) -> None:
    address = page.url
    page.evaluate(DROP, ["h1", [["1.pdf", ""]]])
    page.wait_for_timeout(200)
    assert page.url == address


def test_p_c1_a_file_of_the_case_is_attached_from_the_list(page: Page, tmp_path: Path) -> None:
    (tmp_path / "хаттама.pdf").write_bytes(samples.pdf())
    page.locator('[id="attachments.other"]').set_input_files(tmp_path / "хаттама.pdf")
    expect(page.locator("#part-other .app-files li")).to_have_count(1)
    page.reload()
    part = page.locator("#part-materials")
    part.locator("summary", has_text="From the files of the case").click()
    part.get_by_label("хаттама.pdf").check()
    part.get_by_role("button", name="Attach the chosen files").click()
    expect(part.locator(".app-files li")).to_contain_text("хаттама.pdf")
    assert names() == ["хаттама.pdf", "хаттама.pdf"]
