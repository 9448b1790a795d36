"""The tutorial, walked to the letter: its labels are pressed, its files attached, its commands run (P-B)."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings as configured
from django.utils import timezone
from playwright.sync_api import Page, expect

from ecase.audit import sequencer
from tests.browser.court import Court, Visit, post_of
from tests.journeys.walk import content
from tests.logs import PATIENCE
from workflows.motions.models import Motion
from workflows.motions.states import State

ROOT = Path(configured.BASE_DIR)
TEXT = (ROOT / "docs" / "tutorial" / "first-motion.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LABELS = {" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", TEXT, re.DOTALL)}
PEOPLE = set(re.findall(r"\*([^*\n]+)\*", re.sub(r"\*\*.+?\*\*", "", TEXT, flags=re.DOTALL)))
CASE = re.findall(r"case `(\d{15})`", TEXT)[0]


class Follower:
    """Presses what the tutorial says; refuses what it does not say."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, label: str, **where: Any) -> None:
        assert label in LABELS, f"the tutorial does not name {label}"
        within = where.get("within", self.page)
        within.get_by_role("button", name=label).or_(within.get_by_role("link", name=label)).first.click()


def command(begin: str) -> list[str]:
    """The command of the tutorial that begins so."""
    found = [block for block in BLOCKS if block.startswith(begin)]
    assert len(found) == 1, found
    return shlex.split(found[0].replace("\\\n", " "))


def run(words: list[str], changes: dict[str, str]) -> str:
    """Run a command of the tutorial; addresses and folders are those of this test."""
    for old, new in changes.items():
        assert any(old in word for word in words), f"the tutorial does not say {old}"
        words = [word.replace(old, new) for word in words]
    assert words[0] == ".venv/bin/python"
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def enter(visit: Visit, surname: str) -> Follower:
    """Sign in as the tutorial says: choose the person, then confirm in the demo signer."""
    assert "Be one of these people" in LABELS
    person = visit.stranger(post_of(surname))
    page = person.page
    page.goto("/sign-in/?next=/")
    page.locator("button[name=language][value=en]").click()
    with person.signer.at_hand(person.iin):
        page.get_by_role("button", name=surname).click()
        page.wait_for_url(f"{visit.url}/")
    page.locator("button[name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    return Follower(page)


def sign(visit: Visit, follower: Follower, surname: str) -> None:
    follower.press("Continue to signing")
    follower.page.wait_for_url("**/prepared/**")
    person = next(each for each in visit.people if each.iin == post_of(surname).officer.iin)
    with person.signer.at_hand(person.iin):
        follower.press("Sign with my key")
        follower.page.wait_for_url("**/done/")


def test_p_b_the_tutorial_is_walked_to_the_letter(visit: Visit, court: Court, live_server: Any, tmp_path: Path) -> None:
    motion = _agree(live_server, _file(visit))
    saved = _decide(visit, motion, tmp_path)
    _verify(saved, motion)


def _file(visit: Visit) -> Motion:
    investigator = enter(visit, "Қайсарова")
    page, person = investigator.page, visit.people[-1]
    assert "Қайсарова Әсел Маратқызы" in PEOPLE
    expect(page.locator(".app-row")).to_have_count(0)
    investigator.press("Start a motion")
    page.get_by_role("link", name=CASE).click()
    investigator.press("Start a motion")
    assert {"Start", "Detention in custody"} <= LABELS | PEOPLE
    page.get_by_role("button", name=re.compile(r"^Start\s*: Detention in custody$")).click()
    person.pick("suspect")
    for key, value in {**content.MOTION, **content.instants()}.items():
        person.fill(key, value)
    assert "Choose files or drop them here" in LABELS
    files = {Path(name).name: ROOT / name for name in re.findall(r"`(docs/tutorial/\S+?)`", TEXT)}
    assert set(files) == {"materials.pdf", "detention.pdf"}
    for requirement, name, label in (
        ("materials", "materials.pdf", "Certified copies of case materials"),
        ("detention_protocol", "detention.pdf", "Record of detention"),
    ):
        assert label in PEOPLE
        expect(page.locator(f"#part-{requirement} h3")).to_contain_text(label)
        person.upload(requirement, files[name])
    assert "Nothing is missing. You can sign." in PEOPLE
    expect(page.locator("#missing")).to_contain_text("Nothing is missing. You can sign.")
    person.saved()
    investigator.press("Preview the document")
    page.wait_for_url("**/preview/")
    page.go_back()
    sign(visit, investigator, "Қайсарова")
    expect(page.locator("h1")).to_contain_text("Signed")
    page.locator(".app-account summary").click()
    investigator.press("Sign out")
    return Motion.objects.get()


def _agree(live_server: Any, filed: Motion) -> Motion:
    told = run(
        command(".venv/bin/python examples/prosecutor.py"),
        {"http://127.0.0.1:8000": live_server.url, "var/demo-pki": str(Path(configured.VAR_DIR) / "demo-pki")},
    )
    shown = next(block for block in BLOCKS if block.startswith("signed in:"))
    assert told.splitlines()[0] == shown.splitlines()[0]
    assert f"motion {CASE}, Detention in custody; opened at" in told
    for name in ("materials.pdf", "detention.pdf"):
        size = (ROOT / "docs" / "tutorial" / name).stat().st_size
        assert f"{name}, {size} bytes, SHA-256" in told
        assert f"{name}, {size} bytes, SHA-256" in shown
    assert "the motion is now assigned" in told
    motion = Motion.objects.get(pk=filed.pk)
    assert motion.state == State.ASSIGNED
    return motion


def _decide(visit: Visit, motion: Motion, tmp_path: Path) -> Path:
    assert motion.judge
    again = enter(visit, "Қайсарова")
    again.page.goto(f"/motions/{motion.pk}/")
    assert "About the motion" in PEOPLE
    expect(again.page.locator("#main-content")).to_contain_text(motion.judge.surname)
    assert motion.judge.surname in PEOPLE
    judge = enter(visit, motion.judge.surname)
    page, person = judge.page, visit.people[-1]
    page.locator(".app-row a").first.click()
    judge.press("Open the materials")
    page.wait_for_url("**/materials/**")
    page.goto(f"/motions/{motion.pk}/")
    judge.press("Decide")
    assert "Custody sanctioned" in PEOPLE
    page.get_by_role("radio", name="Custody sanctioned").check()
    page.locator('[name="payload.reasons"]').wait_for()
    judge.press("Ask for a draft")
    page.locator("#suggestion[data-suggestion]").wait_for()
    judge.press("Take over into my reasons")
    for key, value in content.protocol().items():
        person.fill(key, value)
    person.saved()
    sign(visit, judge, motion.judge.surname)
    sequencer.settle(PATIENCE)
    with page.expect_download() as download:
        judge.press("Save the evidence (ZIP)")
    name = download.value.suggested_filename
    year = f"{timezone.localtime():%y}"
    assert name.replace(f"-{year}-", "-26-", 1) == Path(command(".venv/bin/python -m signatures verify")[4]).name
    download.value.save_as(tmp_path / name)
    return tmp_path / name


def _verify(saved: Path, motion: Motion) -> None:
    words = command(".venv/bin/python -m signatures verify")
    told = run(words, {words[4]: str(saved), "var/demo-pki/trust": str(configured.TRUST_DIR)})
    shown = next(block for block in BLOCKS if block.startswith("Case:"))
    fixed = [line for line in shown.splitlines() if re.match(r"(Case:|PASSED  |Verdict:)", line)]
    for line in fixed:
        begin = re.split(r"  entry |, \.\.\.", line)[0]
        assert begin in told, begin
