"""The file of a motion for the printer."""

from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from ecase.audit.models import Entry
from tests.motions.world import World
from workflows.motions.telling import printable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_it_holds_the_list_every_paper_and_every_attachment(world: World, language: str) -> None:
    world.case.language = language
    world.case.save(update_fields=["language"])
    motion = world.decided("custody", "sanctioned")

    with translation.override("en"):
        made = PdfReader(BytesIO(printable.render(motion, world.posts["prosecutor"])))

    text = "".join(page.extract_text() for page in made.pages)
    assert str(motion.number) in text
    for act in motion.acts.all():
        assert act.sha256 in "".join(text.split())
    # The tests' attachments are PDFs without a page: the list says that they were not printed.
    unprinted = {"kk": "басылмаған", "ru": "не напечатано", "en": "not printed"}[language]
    whole = "".join(text.split()).replace("-", "").replace("\u2010", "").replace("\xad", "")
    assert whole.count("".join(unprinted.split())) >= motion.attachments.count()
    outline = [entry.title for entry in made.outline]
    assert len(outline) == motion.acts.exclude(pdf=None).count()
    assert "motion.printed" in {entry.event for entry in Entry.objects.all()}
