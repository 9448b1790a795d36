"""The printable file of a motion."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import translation
from pypdf import PdfReader

from ecase import untrusted
from ecase.audit.models import Entry
from ecase.cases import documents, storage
from ecase.cases.models import Document
from tests.cases import samples
from tests.cases.samples import raw_pdf
from tests.motions.world import World
from workflows.motions.exports import motion_pdf
from workflows.motions.models import Attachment, Motion

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_it_holds_the_list_every_paper_and_every_attachment(world: World, language: str) -> None:
    world.case.language = language
    world.case.save(update_fields=["language"])
    motion = world.decided("custody", "sanctioned")

    with translation.override("en"):
        made = PdfReader(BytesIO(motion_pdf.render(motion, world.posts["prosecutor"])))

    text = "".join(page.extract_text() for page in made.pages)
    assert str(motion.number) in text
    for act in motion.acts.all():
        assert act.sha256 in "".join(text.split())
    outline = [entry.title for entry in made.outline]
    assert len(outline) == motion.acts.exclude(pdf=None).count() + motion.attachments.count()
    assert "motion.printed" in {entry.event for entry in Entry.objects.all()}


NULL_ANNOTATION = raw_pdf(page=b"/Annots [null]")
UNPRINTED = {
    "word.docx": (samples.office(), {"kk": "PDF емес", "ru": "не PDF", "en": "no PDF"}),
    "half.pdf": (samples.pdf(3)[:300], {"kk": "бүлінген", "ru": "повреждён", "en": "damaged"}),
    "empty.pdf": (samples.pdf(0), {"kk": "беттері жоқ", "ru": "нет страниц", "en": "no pages"}),
    "secret.pdf": (samples.pdf_encrypted(), {"kk": "құпиясөзбен", "ru": "с паролем", "en": "password"}),
}


def attached(motion: Motion, name: str, data: bytes, media_type: str) -> None:
    """Attach a file without checking its content, as was possible before uploads were checked."""
    blob = documents.put_bytes(data, media_type)
    document = Document.objects.create(case=motion.case, blob=blob, name=name, uploaded_by=motion.author)
    last = motion.attachments.latest("position")
    Attachment.objects.create(
        motion=motion, document=document, requirement="other", position=last.position + 1, filed_by=last.filed_by
    )


def spaceless(text: str) -> str:
    return "".join(text.split()).replace("-", "").replace("\u2010", "").replace("\xad", "")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_odd_attachments_are_listed_with_their_reason_and_everything_else_is_printed(
    world: World, language: str
) -> None:
    """F-F5: a page with ``/Annots [null]`` caused HTTP 500 for all users."""
    world.case.language = language
    world.case.save(update_fields=["language"])
    motion = world.filed("custody")
    for name, (data, _reasons) in UNPRINTED.items():
        attached(motion, name, data, "application/pdf" if name.endswith("pdf") else "application/docx")
    attached(motion, "annotated.pdf", NULL_ANNOTATION, "application/pdf")
    attached(motion, "altered.pdf", samples.pdf(2), "application/pdf")
    stored = motion.attachments.get(document__name="altered.pdf").document.blob_id
    Path(default_storage.path(storage.path_of(stored))).write_bytes(b"other")

    made = PdfReader(BytesIO(motion_pdf.render(motion, world.posts["prosecutor"])))

    titles = [entry.title for entry in made.outline]
    assert "annotated.pdf" in titles
    assert not {*UNPRINTED, "altered.pdf"} & set(titles)
    text = spaceless("".join(page.extract_text() for page in made.pages))
    for _data, reasons in UNPRINTED.values():
        assert spaceless(reasons[language]) in text
    assert spaceless({"kk": "өзгертілген", "ru": "изменён", "en": "altered"}[language]) in text
    assert "file.altered" in {entry.event for entry in Entry.objects.all()}


def test_all_attachments_at_once_beyond_the_limits_leave_the_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    motion = world.filed("custody")
    monkeypatch.setattr(untrusted, "join", lambda parts, target: False)
    made = PdfReader(BytesIO(motion_pdf.render(motion, world.posts["prosecutor"])))
    assert "materials.pdf" not in str(made.outline)
    assert spaceless("тым үлкен") in spaceless("".join(page.extract_text() for page in made.pages))
