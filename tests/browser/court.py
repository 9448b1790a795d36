"""The demo's court in a test: officers who file, agree and decide behind the scenes, or come in by the browser."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from ecase.audit import keys as log_keys
from ecase.cases import demo
from ecase.cases.models import Case
from ecase.officers.models import Post
from tests.journeys.walk.persons import Person, Signer
from tests.keys import Keyring
from tests.motions.conftest import World
from workflows.motions.models import Motion

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
INVESTIGATOR, PROSECUTOR, AUDITOR = "Қайсарова", "Ақжолова", "Тұрақова"
ROBBERY = "990000000000101"


@dataclass
class Court(World):
    """The fictional court of the demo, with a case that a custody motion fits."""

    def __post_init__(self) -> None:
        surnames = {"investigator": INVESTIGATOR, "prosecutor": PROSECUTOR, "auditor": AUDITOR}
        self.posts = {role: post_of(surname) for role, surname in surnames.items()}

    @classmethod
    def made(cls, keyring: Keyring) -> "Court":
        """Load the law and the demo's people and cases; make their keys and the log's."""
        demo.load()
        demo.make_keys(keyring.folder)
        log_keys.make()
        return cls(keyring, Case.objects.get(number=ROBBERY))

    @property
    def keys_folder(self) -> Path:
        return Path(settings.VAR_DIR) / "demo-pki" / "keys"

    def post(self, motion: Motion, role: str) -> Post:
        """Whoever has that role; the judge is the one who was drawn."""
        if role == "judge":
            return Post.objects.select_related("officer", "organisation").get(officer=motion.judge, role="judge")
        return super().post(motion, role)


def post_of(surname: str) -> Post:
    return Post.objects.select_related("officer", "organisation").get(officer__surname=surname)


@dataclass
class Visit:
    """Windows of officers, closed at the end of the test."""

    browser: Browser
    url: str
    signer: str
    court: Court
    watch: Callable[[BrowserContext], None]
    people: list[Person] = field(default_factory=list)

    def of(self, post: Post, language: str = "en") -> Person:
        """The officer of ``post``, signed in through the page's own code and the demo signer."""
        person = self.stranger(post)
        person.sign_in()
        person.page.locator(f"button[name=language][value={language}]").click()
        return person

    def stranger(self, post: Post) -> Person:
        """The officer of ``post``, not signed in yet."""
        person = Person(self.browser, self.url, Signer(self.signer), post.officer.iin)
        person.context.tracing.start(screenshots=True, snapshots=True)
        self.watch(person.context)
        self.people.append(person)
        return person

    def end(self, folder: Path | None) -> None:
        """Close all windows; keep what they last showed if a folder is given."""
        for number, person in enumerate(self.people):
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                person.page.screenshot(path=folder / f"last-{number}.png", full_page=True)
                person.context.tracing.stop(path=folder / f"trace-{number}.zip")
            person.leave()


def fill_custody(person: Person) -> None:
    """Fill in the custody form as an investigator would."""
    person.pick("suspect")
    answers: dict[str, Any] = {
        "penalty": "over_five_years",
        "offence": "2026 жылғы 18 қарашада Алтынтау қаласында жәбірленушінің телефонын ашық тартып алған.",
        "held": "detained",
        "detained_at": "2026-11-21T02:10",
        "detention_term": "h48",
        "grounds": "abscond",
        "circumstances": "Ауыр қылмыс; тұрақты жұмысы және тұрғын үйі жоқ.",
        "reasons": "Ұсталғаннан кейін куәларға қоңырау шалып, айғақтарын өзгертуді талап еткен.",
        "milder_impossible": "Кепілге қаражаты жоқ, үйқамақты орындайтын тұрғын үйі анықталмаған.",
    }
    for key, value in answers.items():
        person.fill(key, value)


def picture(page: Page, name: str) -> None:
    """A picture for the README, on request only: ``ECASE_SCREENSHOTS=1``."""
    if os.environ.get("ECASE_SCREENSHOTS") == "1":
        IMAGES.mkdir(exist_ok=True)
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=IMAGES / f"{name}.png")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
