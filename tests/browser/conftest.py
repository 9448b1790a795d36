"""A real browser: Debian's Chromium, driven by Playwright. What a test saw is kept in ``tests/output``."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from ecase.embedded import ports
from tests.logs import separate

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

    from ecase.officers.models import Post
    from tests.browser.court import Court, Visit
    from tests.keys import Keyring

OUTPUT = Path(__file__).resolve().parents[1] / "output"
# Chromium with all that it does on a desktop, and without: the same engine, which takes a quarter less processor time.
WHOLE = ("chromium", "chromium-browser", "google-chrome")
NAMES = ("chromium-headless-shell", *WHOLE)
# Milliseconds. A machine that does much else is slow, and not wrong.
expect.set_options(timeout=30_000)
# What the browser and htmx report of answers and lines that a page handles in words of its own, which tests assert.
HANDLED = re.compile(
    r"status of (40[39]|41[02]|422|429) |Response Status Error Code (40[39]|41[02]|422|429) "
    r"|htmx:(afterRequest|sendError)|net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|FAILED)"
    r"|^WebSocket connection to 'ws"
)
REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()

Watch = Callable[[BrowserContext], None]
StartSigner = Callable[..., str]
Shoot = Callable[[Page, str], Path]
Enter = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder drives the browser."""
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash.setdefault(REPORTS, {})[report.when] = report
    return report


def chromium_or_skip(names: Sequence[str] = NAMES) -> str:
    """Chromium. Without one the test fails under CI and is skipped elsewhere, which the summary says loudly."""
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        missing = "there is no Chromium on this machine (Debian: apt-get install chromium; or name one in CHROMIUM)"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return executable


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser. It ends with the module: its event loop would be in the way of tests that start one of their own."""
    executable = chromium_or_skip()
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, and Django would take a test's own queries for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Watch a window: the test fails on an uncaught exception and on an error in the console (P-A9, P-A16).

    ``@pytest.mark.console_errors(pattern, ...)`` names errors that a test brings about: each must occur, and no other.
    """
    seen: list[str] = []

    def listen(context: BrowserContext) -> None:
        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                seen.append(f"{message.text} ({message.location['url']})")

        context.on("console", note)
        context.on("weberror", lambda fault: seen.append(f"uncaught: {fault.error}"))

    yield listen
    marker = request.node.get_closest_marker("console_errors")
    expected = [re.compile(pattern) for pattern in marker.args] if marker else []
    unexpected = [line for line in seen if not any(pattern.search(line) for pattern in (HANDLED, *expected))]
    missing = [pattern.pattern for pattern in expected if not any(pattern.search(line) for line in seen)]
    assert (unexpected, missing) == ([], [])


@pytest.fixture
def page(chromium: Browser, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a fresh profile, in Kazakh. When the test fails, its trace and last picture go to ``tests/output``."""
    context = chromium.new_context(locale="kk-KZ", timezone_id="Asia/Almaty", viewport={"width": 1280, "height": 900})
    watch(context)
    context.tracing.start(screenshots=True, snapshots=True)
    page = context.new_page()
    yield page
    call = request.node.stash.get(REPORTS, {}).get("call")
    if call is not None and call.failed:
        _keep(page, OUTPUT / request.node.name)
    context.close()


def _keep(page: Page, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / "last.png", full_page=True)
    page.context.tracing.stop(path=folder / "trace.zip")


@pytest.fixture
def shoot() -> Shoot:
    """Keep a picture of a page under a name, for the README and for whoever reviews a change."""

    def take(page: Page, name: str) -> Path:
        OUTPUT.mkdir(exist_ok=True)
        path = OUTPUT / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


@pytest.fixture
def start_signer() -> Iterator[StartSigner]:
    """Start the demo signer on the keys of a folder; its page's address. It listens where the settings say."""
    from django.conf import settings

    port = urlsplit(settings.SIGNER_URL).port
    assert port
    started: list[subprocess.Popen[bytes]] = []

    def start(keys: Path, *options: str) -> str:
        command = [sys.executable, "-m", "signatures.demo.signer", "--keys", str(keys), "--port", str(port), *options]
        started.append(subprocess.Popen(command))
        _wait_for(port, started[-1])
        return f"http://127.0.0.1:{port + 1}/"

    yield start
    for process in started:
        process.terminate()
        process.wait(60)


def _wait_for(port: int, process: subprocess.Popen[bytes], patience: float = 120) -> None:
    end = time.monotonic() + patience
    while not (ports.is_listening(port) and ports.is_listening(port + 1)):
        assert process.poll() is None, "the demo signer ended"
        assert time.monotonic() < end, "the demo signer does not listen"
        time.sleep(0.05)


@pytest.fixture
def enter(
    chromium: Browser, live_server: "LiveServer", watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Enter]:
    """Open a window in which an officer is signed in already; his or her post, and the language of the pages."""
    from django.conf import settings

    from tests.portal.conftest import session_of

    contexts = []

    def opened(post: "Post", language: str = "en") -> Page:
        cookies = {settings.SESSION_COOKIE_NAME: session_of(post), settings.LANGUAGE_COOKIE_NAME: language}
        context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": key, "value": value, "url": live_server.url} for key, value in cookies.items()])
        context.tracing.start(screenshots=True, snapshots=True)
        watch(context)
        contexts.append(context)
        return context.new_page()

    yield opened
    call = request.node.stash.get(REPORTS, {}).get("call")
    for context in contexts:
        if call is not None and call.failed and context.pages:
            _keep(context.pages[0], OUTPUT / request.node.name)
        context.close()


@pytest.fixture
def court(transactional_db: None, settings: "SettingsWrapper", tmp_path: Path, keys: "Keyring") -> "Court":
    """The demo's fictional court with its officers, their keys and three cases."""
    from tests.browser.court import Court

    settings.MEDIA_ROOT = tmp_path / "media"
    separate(settings, tmp_path)
    return Court.made(keys)


@pytest.fixture
def visit(
    chromium: Browser,
    live_server: "LiveServer",
    court: "Court",
    start_signer: StartSigner,
    watch: Watch,
    request: pytest.FixtureRequest,
) -> Iterator["Visit"]:
    """Let officers of the court in by their surname, each with a browser window and the demo signer at hand."""
    from tests.browser.court import Visit

    visits = Visit(chromium, live_server.url, start_signer(court.keys_folder), court, watch)
    yield visits
    call = request.node.stash.get(REPORTS, {}).get("call")
    visits.end(OUTPUT / request.node.name if call is not None and call.failed else None)
