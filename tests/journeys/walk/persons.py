"""Officers at their browsers: signing in and signing through the page's own code and the demo signer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

TIMEOUT = 60_000


@dataclass
class Signer:
    """The person at the demo signer's page: confirms whatever is asked, with the key that has been named."""

    address: str
    iin: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_hand(self, iin: str) -> Iterator[None]:
        """While the block runs, every request for a signature is confirmed with the key of ``iin``."""
        self._stop.clear()
        confirming = threading.Thread(target=self._confirm, args=(iin,), daemon=True)
        confirming.start()
        yield
        self._stop.set()
        confirming.join()

    def _confirm(self, iin: str) -> None:
        with httpx.Client(base_url=self.address) as http:
            while not self._stop.is_set():
                for request in http.get("/pending").json():
                    http.post("/choose", json={"id": request["id"], "iin": iin})
                time.sleep(0.05)


class Person:
    """One officer with a browser window of his or her own."""

    def __init__(self, browser: Browser, url: str, signer: Signer, iin: str) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=url, locale="kk-KZ", timezone_id="Asia/Almaty", viewport={"width": 1280, "height": 900}
        )
        self.context.set_default_timeout(TIMEOUT)
        self.page: Page = self.context.new_page()
        self.url, self.signer, self.iin = url, signer, iin

    def sign_in(self) -> None:
        """Sign the challenge with the own key; the queue appears."""
        self.page.goto("/sign-in/")
        self._signing("form[data-signing] button[type=submit]", lambda: self.page.wait_for_url(f"{self.url}/"))

    def sign(self) -> None:
        """On the last look: press the button, confirm at the signer, see the result."""
        self._signing("form[data-signing] button[type=submit]", lambda: self.page.wait_for_url("**/done/"))

    def fill(self, key: str, value: str) -> None:
        """Answer a field of a form, whatever it looks like: text, select, radio buttons or check boxes."""
        field_ = self.page.locator(f'[name="payload.{key}"]')
        kind = field_.first.evaluate("element => element.tagName + ':' + (element.type || '')")
        if kind.startswith("SELECT"):
            field_.select_option(value)
        elif kind in ("INPUT:radio", "INPUT:checkbox"):
            self.page.locator(f'[name="payload.{key}"][value="{value}"]').check()
        else:
            field_.fill(value)

    def pick(self, key: str) -> None:
        """Take the first person whom the case offers for a field."""
        options = self.page.locator(f'select[name="payload.{key}"] option:not([value=""])')
        if options.count():
            self.fill(key, options.first.get_attribute("value") or "")
        else:
            self.page.locator(f'[name="payload.{key}"]').first.check()

    def upload(self, requirement: str, path: Path) -> None:
        """Attach a file and wait until the page lists it."""
        part = self.page.locator(f"#part-{requirement}")
        part.locator('input[type="file"]').set_input_files(path)
        part.locator(".app-files li", has_text=path.name).wait_for()

    def saved(self) -> None:
        """Wait until everything typed has been saved."""
        self.page.locator('#draft-status[data-state="saved"]').wait_for()

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)

    def leave(self) -> None:
        self.context.close()

    def _signing(self, button: str, arrived: Callable[[], None]) -> None:
        with self.signer.at_hand(self.iin):
            self.page.locator(button).click()
            arrived()
