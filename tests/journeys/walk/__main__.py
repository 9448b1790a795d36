"""``python -m tests.journeys.walk [--keep FOLDER]``: the walk, told step by step. Exit code 0 when every step stood."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.walk import content, evidence
from tests.journeys.walk.persons import Person, Signer
from tests.journeys.walk.stack import BASE_DIR, Stack
from tests.journeys.walk.telling import Teller

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# As root there is no sandbox; nothing here looks for hosts outside of this machine.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class Walk:
    """The steps in their order; each leaves behind what the next one needs."""

    def __init__(self, folder: Path, teller: Teller) -> None:
        self.folder, self.teller = folder, teller
        self.stack = Stack(folder / "var")
        self.container = folder / "protocol.zip"

    def run(self, browser: Browser) -> None:
        try:
            with self.teller.step("Start everything from nothing"):
                self.stack.start()
                self.teller.tell(self.stack.url)
            signer = Signer(self.stack.signer_page)
            motion = self._investigator(Person(browser, self.stack.url, signer, content.INVESTIGATOR))
            self._prosecutor(motion)
            self._judge(browser, signer, motion)
        finally:
            self.stack.stop()
        self._stranger()

    def _investigator(self, person: Person) -> str:
        with self.teller.step("The investigator signs in with her key"):
            person.sign_in()
        with self.teller.step("She opens the case and fills in a custody motion"):
            person.page.goto("/cases/")
            person.page.get_by_text(content.CASE).first.click()
            person.page.locator("a.app-start").click()
            person.page.locator('button[name="kind"][value="custody"]').click()
            person.page.locator("#draft-form").wait_for()
            self.teller.tell(f"missing at first: {person.page.locator('.app-missing li').count()} things")
            self._fill_motion(person)
        with self.teller.step("She previews the document, takes a last look and signs"):
            person.page.locator("a[data-after-save]").click()
            person.page.wait_for_url("**/preview/")
            person.page.go_back()
            person.page.locator('button[form="draft-form"]').click()
            person.page.wait_for_url("**/prepared/**")
            person.sign()
            person.picture(self.folder / "investigator.png")
            motion = person.page.locator('a[href^="/motions/"]').first.get_attribute("href") or ""
            person.leave()
        return motion.strip("/").split("/")[1]

    def _fill_motion(self, person: Person) -> None:
        person.pick("suspect")
        for key, value in {**content.MOTION, **content.instants()}.items():
            person.fill(key, value)
        for requirement, path in content.attachments(self.folder).items():
            person.upload(requirement, path)
        person.saved()
        person.page.locator(".app-complete").wait_for()

    def _prosecutor(self, motion: str) -> None:
        with self.teller.step("The prosecutor's REST client checks the materials and agrees"):
            key = ["--p12", str(self.stack.keys / f"{content.PROSECUTOR}.p12"), "--password", "demo"]
            command = [sys.executable, "examples/prosecutor.py", "--url", self.stack.url, *key, "--motion", motion]
            done = subprocess.run(
                command, cwd=BASE_DIR, env=self.stack.env, capture_output=True, text=True, check=False
            )
            for line in (done.stdout + done.stderr).splitlines():
                self.teller.tell(line)
            assert done.returncode == 0, "the client was refused"

    def _judge(self, browser: Browser, signer: Signer, motion: str) -> None:
        person = Person(browser, self.stack.url, signer, self._drawn_judge(motion))
        with self.teller.step("The judge who was drawn signs in and opens the materials"):
            person.sign_in()
            person.page.goto(f"/motions/{motion}/materials/")
        with self.teller.step("The judge chooses the outcome, asks for a suggestion and writes the reasons"):
            person.page.goto(f"/motions/{motion}/decide/")
            self._write_protocol(person)
            person.saved()
            person.picture(self.folder / "judge.png")
        with self.teller.step("The judge previews the protocol, signs it and saves the evidence"):
            person.page.locator("a[data-after-save]").click()
            person.page.wait_for_url("**/preview/")
            person.page.go_back()
            person.page.locator("#act-form button[type=submit]").last.click()
            person.page.wait_for_url("**/prepared/**")
            person.sign()
            with person.page.expect_download() as download:
                person.page.locator('a[href$="/container/"]').click()
            download.value.save_as(self.container)
            person.leave()

    def _write_protocol(self, person: Person) -> None:
        person.page.locator(f'input[name="payload.outcome"][value="{content.OUTCOME}"]').check()
        person.page.locator('[name="payload.reasons"]').wait_for()
        for key, value in content.protocol().items():
            person.fill(key, value)
        person.page.locator("#suggestion [hx-post]").click()
        person.page.locator("#suggestion[data-suggestion]").wait_for()
        person.page.locator("[data-take-over]").first.click()
        reasons = person.page.locator('[name="payload.reasons"]')
        reasons.fill(f"{reasons.input_value()}\n\n{content.ADDED_REASONS}")

    def _drawn_judge(self, motion: str) -> str:
        """Who of the demo's judges finds the motion in the own queue: the draw is random."""
        question = (
            "import django; django.setup()\n"
            "from workflows.motions.models import Motion\n"
            f"motion = Motion.objects.select_related('judge').get(pk='{motion}')\n"
            "print(motion.number, motion.state, motion.judge.iin)"
        )
        env = {"DJANGO_SETTINGS_MODULE": "ecase.settings"}
        done = subprocess.run(
            [sys.executable, "-c", question],
            cwd=BASE_DIR,
            env={**self.stack.env, **env},
            capture_output=True,
            text=True,
            check=True,
        )
        number, state, iin = done.stdout.split()
        self.teller.tell(f"registered as {number}, {state}, drawn judge {iin}")
        return iin

    def _stranger(self) -> None:
        with self.teller.step("With every server stopped, the evidence is verified"):
            self.teller.tell(f"python -m signatures verify: {evidence.verify_offline(self.stack, self.container)}")
            said = evidence.verify_with_openssl(self.stack, self.container, self.folder)
            self.teller.tell(f"openssl cms -verify: {said}")
            altered = evidence.alter_container(self.container, self.folder)
            self.teller.tell(f"one byte altered: exit code {evidence.refuses_altered(self.stack, altered)}")
        with self.teller.step("The log is verified, altered by one byte, and verified again"):
            whole, named = evidence.log_story(self.stack)
            self.teller.tell(whole)
            self.teller.tell(f"altered: {named}")


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.walk", description="The main job, unattended.")
    parser.add_argument("--keep", type=Path, help="leave everything in this folder")
    options = parser.parse_args(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="ecase-walk-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _walk(folder)
    finally:
        if not options.keep:
            Stack(folder / "var").remove()
            shutil.rmtree(folder)


def _walk(folder: Path) -> int:
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        sys.stderr.write("The walk needs Chromium (Debian: apt-get install chromium; or name one in CHROMIUM).\n")
        return 1
    teller = Teller()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            Walk(folder, teller).run(browser)
        finally:
            _keep_pictures(browser, folder)
            browser.close()
    sys.stdout.write(f"\nFrom nothing to verified evidence in {teller.seconds:.1f} s.\n")
    return 0


def _keep_pictures(browser: Browser, folder: Path) -> None:
    """What is still open shows where a walk broke off."""
    for number, page in enumerate(page for context in browser.contexts for page in context.pages):
        page.screenshot(path=folder / f"broken-off-{number}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
