"""The page's signers: what NCALayer may say instead of a signature, and a key file opened by the page itself."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from ecase import formats
from ecase.environment import Environment
from tests.browser.conftest import WHOLE, Shoot, chromium_or_skip
from tests.browser.court import Court, overflow
from tests.browser.test_accessibility import faults

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

BUTTON = "form[data-signing] button[type=submit]"
STATUS = "[data-signing-status]"
CERTIFICATES = ("certificates", "NCALayer is at work on a certificate and not on this signature.")
# NCALayer's codes, what it says with them, and the first words of what the page says.
REPLIES = {
    "INVALID_SIGNING_PARAMS": ("request", "NCALayer did not accept what this page asks of it."),
    "INVOCATION_ERROR": ("invocation", "NCALayer failed while it worked on the request."),
    "SIGNING_FAILURE": ("key", "NCALayer could not sign with this key."),
    "CSR_GENERATING_FAILURE": CERTIFICATES,
    "CERTIFICATE_IMPORTING_FAILURE": (
        "certificates",
        "NCALayer is at work on a certificate and not on this signature.",
    ),
    "INVALID_IMPORTING_CERTIFICATE": (
        "certificates",
        "NCALayer is at work on a certificate and not on this signature.",
    ),
    "GENERAL_ERROR": ("general", "NCALayer reports a fault of its own."),
    "A_CODE_OF_TOMORROW": ("refused", "NCALayer could not sign."),
}


def answering(page: Page, reply: dict[str, object] | None) -> None:
    """An NCALayer that greets, then says that; with nothing to say it hangs up."""

    def greet(socket: WebSocketRoute) -> None:
        socket.on_message(lambda _: socket.send(json.dumps(reply)) if reply else socket.close())
        socket.send(json.dumps({"result": {"version": "1.4"}}))

    page.route_web_socket(configured.SIGNER_URL, greet)


def told(page: Page, url: str, language: str = "en") -> list[str]:
    """What the sign-in page says after its button was pressed, sentence by sentence."""
    page.goto(f"{url}/sign-in/")
    page.locator(f"button[name=language][value={language}]").click()
    page.locator(BUTTON).click()
    status = page.locator(STATUS)
    expect(status).to_have_class("app-signing-status app-signing-status--error")
    return [text.strip() for text in status.locator("> *").all_inner_texts()]


@pytest.mark.parametrize("code", REPLIES)
def test_every_code_has_a_sentence_and_says_what_to_do(
    page: Page, live_server: object, court: Court, code: str
) -> None:
    name, sentence = REPLIES[code]
    answering(page, {"status": False, "code": code, "message": "An oddity.", "details": ""})
    title, next_step, said = told(page, str(live_server))
    assert title == sentence
    template = page.locator("#signer-messages")
    assert next_step == template.get_attribute(f"data-{name}-next")
    assert said == f"It said: {code}: An oddity."


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_sentences_are_in_the_language(page: Page, live_server: object, court: Court, language: str) -> None:
    answering(page, {"status": False, "code": "SIGNING_FAILURE", "message": "", "details": ""})
    title, *_ = told(page, str(live_server), language)
    assert (
        title
        == {
            "kk": "NCALayer осы кілтпен қол қоя алмады.",
            "ru": "NCALayer не смог подписать этим ключом.",
        }[language]
    )


def test_a_module_that_is_not_there(page: Page, live_server: object, court: Court) -> None:
    answering(page, {"success": False, "errorCode": "MODULE_NOT_FOUND"})
    assert told(page, str(live_server))[0] == "This version of NCALayer is too old."


def test_a_connection_that_is_lost_while_signing(page: Page, live_server: object, court: Court) -> None:
    answering(page, None)
    assert told(page, str(live_server))[:2] == [
        "NCALayer closed the connection.",
        "Start NCALayer again, then press the button once more. Nothing has been signed.",
    ]


def test_a_signer_that_is_not_there_is_missed_at_once(page: Page, live_server: object, court: Court) -> None:
    """On a port that really is closed; and on one where something holds the connection without a word."""
    missing = ["NCALayer does not answer on this computer.", "Start NCALayer and try again."]
    title, next_step = told(page, str(live_server))
    assert [title, next_step[: len(missing[1])]] == missing
    assert seconds_until_told(page) < 1.5
    with something_in_its_place():
        assert 1.5 < seconds_until_told(page) < 4
    assert page.locator(f"{STATUS} strong").inner_text() == missing[0]


def seconds_until_told(page: Page) -> float:
    """How long the page takes from the button to the sentence."""
    began = time.monotonic()
    page.locator(BUTTON).click()
    expect(page.locator(f"form[aria-busy=false] {STATUS}")).to_have_class(
        "app-signing-status app-signing-status--error"
    )
    return time.monotonic() - began


@pytest.fixture
def elsewhere(live_server: "LiveServer", settings: "SettingsWrapper") -> str:
    """The service at a name that is not this computer's: a browser may ask before its pages reach a signer."""
    settings.ALLOWED_HOSTS = ["court.localhost"]
    return f"http://court.localhost:{urlsplit(live_server.url).port}"


@pytest.fixture
def strict(chromium: Browser, elsewhere: str) -> Iterator[Page]:
    """A page in a browser that takes the service for one of the internet, and lets its pages reach no program.

    What a page may reach is asked of the user: the browser without a desktop's interface does not know the question.
    """
    port = urlsplit(elsewhere).port
    away = f"--ip-address-space-overrides=127.0.0.1:{port}=public,[::1]:{port}=public"
    browser = chromium.browser_type.launch(executable_path=chromium_or_skip(WHOLE), args=[away])
    yield browser.new_page(locale="kk-KZ")
    browser.close()


@contextmanager
def something_in_its_place() -> Iterator[None]:
    """It takes connections and says nothing."""
    place = urlsplit(configured.SIGNER_URL)
    with socket.create_server((place.hostname or "", place.port or 0)):
        yield


def test_while_a_browser_may_be_asking_the_page_says_so(page: Page, elsewhere: str, court: Court) -> None:
    page.goto(f"{elsewhere}/sign-in/")
    page.locator("button[name=language][value=en]").click()
    with something_in_its_place():
        page.locator(BUTTON).click()
        hint = page.locator(f"form[aria-busy=true] {STATUS} p")
        expect(hint).to_contain_text("If your browser asks whether this site may connect to apps on this device, allow")
    expect(page.locator(f"form[aria-busy=false] {STATUS} strong")).to_have_text(
        "NCALayer does not answer on this computer."
    )


def test_a_browser_that_allows_no_connection_is_told_apart(strict: Page, elsewhere: str, court: Court) -> None:
    with something_in_its_place():
        title, next_step = told(strict, elsewhere)
    assert title == "The browser does not let this page connect to NCALayer."
    assert next_step.startswith("Open the site settings at the left of the address")


def test_pages_may_reach_the_signer_and_nothing_else(page: Page, live_server: object, court: Court) -> None:
    policy = page.goto(f"{live_server}/sign-in/").headers["content-security-policy"]  # type: ignore[union-attr]
    (allowed,) = [part.split()[1:] for part in policy.split("; ") if part.startswith("connect-src ")]
    assert allowed == ["'self'", configured.SIGNER_URL]


# -- a key file in the page ---------------------------------------------------------------------------------------


@pytest.fixture
def in_page(settings: "SettingsWrapper", court: Court) -> Court:
    """An installation for which ``ECASE_SIGNER_URL=pkcs12:`` was set."""
    settings.SIGNER_URL, settings.SIGNER_IN_PAGE = "pkcs12:", True
    return court


def asked(page: Page, url: str) -> Locator:
    """The dialog of the sign-in page, in English."""
    page.goto(f"{url}/sign-in/")
    page.locator("button[name=language][value=en]").click()
    page.locator(BUTTON).click()
    return page.get_by_role("dialog", name="Open your key")


def give(dialog: Locator, file: Path, password: str = "demo") -> None:
    dialog.get_by_label("Key file (PKCS#12)").set_input_files(file)
    dialog.get_by_label("Password of the key").fill(password)
    dialog.get_by_label("Password of the key").press("Enter")


def test_an_officer_signs_in_with_a_key_file(
    page: Page, live_server: object, in_page: Court, tmp_path: Path, shoot: Shoot
) -> None:
    key = in_page.keys_folder / f"{in_page.posts['investigator'].officer.iin}.p12"
    other = tmp_path / "other.p12"
    other.write_bytes(b"0\x84\xff\xff\xff\xff")
    dialog = asked(page, str(live_server))
    faulty = dialog.locator("[aria-invalid=true]")
    dialog.get_by_role("button", name="Open the key").click()
    expect(faulty).to_have_accessible_description("Choose the file of your key.")
    give(dialog, other)
    expect(faulty).to_have_accessible_description(
        "This is not a key file that can be opened here. Choose another file (.p12)."
    )
    for wrong in ("", *(f"wrong{number}" for number in range(3))):
        give(dialog, key, wrong)
        said = "The password is wrong. Type it again." if wrong else "Type the password of the key."
        expect(faulty).to_have_accessible_description(said)
        expect(dialog.get_by_label("Password of the key")).to_be_focused()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        shoot(page, f"key-file-{width}")
        assert (faults(page), overflow(page)) == ([], 0)
    give(dialog, key)
    expect(page.locator("h1")).to_have_text("Менің кезегім")


def test_whoever_closes_the_dialog_signs_nothing(page: Page, live_server: object, in_page: Court) -> None:
    dialog = asked(page, str(live_server))
    stops = []
    for _step in range(4):
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert stops == ["key-file-file", "key-file-password", "Open the key", "Do not sign"]
    expect(dialog.get_by_label("Key file (PKCS#12)")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_role("button", name="Do not sign")).to_be_focused()
    for leave in ("Enter", "Escape"):
        page.keyboard.press(leave)
        expect(dialog).to_have_count(0)
        expect(page.locator(STATUS)).to_contain_text("You cancelled the signature.")
        expect(page.locator(BUTTON)).to_be_focused()
        page.locator(BUTTON).click()
        dialog.get_by_label("Password of the key").fill("secret")
    page.keyboard.press("Escape")
    expect(page.locator("#key-file-password")).to_have_value("")


def test_key_files_in_the_page_are_for_the_demo_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_SIGNER", "pkcs12:")
    allowed = Environment(Path())
    assert allowed.text("X_SIGNER", formats.DEMO_SIGNER) == "pkcs12:"
    allowed.finish()
    for value in ("pkcs12:", "https://example.org", "'unsafe-inline'"):
        monkeypatch.setenv("X_SIGNER", value)
        refused = Environment(Path())
        refused.text("X_SIGNER", formats.SIGNER)
        with pytest.raises(ImproperlyConfigured, match="X_SIGNER must be"):
            refused.finish()
