"""F-F18: a signature that comes with a file, an expert's for example, is checked and shown."""

from io import BytesIO
from typing import Any

import pytest
from pyhanko.sign.signers import SimpleSigner

from ecase.cases.models import Document
from signatures.cms.attached import detach
from tests.cases import samples
from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.motions.models import Motion
from workflows.motions.services import drafts

REPORT = samples.pdf()


@pytest.fixture
def motion(world: World) -> Motion:
    return drafts.create(world.case, "custody", world.posts["investigator"])


def enclosing(world: World, content: bytes) -> bytes:
    """A signature that encloses what it signs, by the key of an officer of the demo's authority."""
    import asyncio

    file = world.keys.p12(world.posts["prosecutor"])
    signer = SimpleSigner.load_pkcs12_data(file, [], b"demo")
    signed = asyncio.run(signer.async_sign_general_data(content, "sha256", detached=False, use_cades=True))
    return bytes(signed.dump())


def shown(visitor: Visitor, world: World, motion: Motion, *files: tuple[str, bytes]) -> str:
    """The page of the signature in the last of the files, all of which are attached."""
    post = world.posts["investigator"]
    for name, data in files:
        last = drafts.attach(motion, post, "other", name, BytesIO(data))
    page = visitor(post).get(f"/motions/{motion.pk}/attachments/{last.pk}/signature/")
    assert page.status_code == 200
    return page.content.decode()


def test_f_f18_a_signature_beside_its_file_is_checked(world: World, motion: Motion, visitor: Visitor) -> None:
    cms = world.keys.sign(world.posts["prosecutor"], REPORT)
    page = shown(visitor, world, motion, ("сараптама.pdf", REPORT), ("сараптама.pdf.p7s", cms))
    assert "The signature holds." in page
    assert world.posts["prosecutor"].officer.iin in page
    assert "сараптама.pdf</dd>" in page


def test_f_f18_a_signature_that_encloses_its_file_is_checked(world: World, motion: Motion, visitor: Visitor) -> None:
    page = shown(visitor, world, motion, ("сараптама.p7m", enclosing(world, REPORT)))
    assert "What the file itself encloses" in page
    assert "The signature holds." in page


def test_f_f18_an_altered_content_is_said(world: World, motion: Motion, visitor: Visitor) -> None:
    cms = enclosing(world, b"Expertise: yes")
    page = shown(visitor, world, motion, ("сараптама.p7m", cms.replace(b"Expertise: yes", b"Expertise: no!")))
    assert "The signature does not hold." in page


def test_f_f18_a_signature_without_its_file_cannot_be_said(world: World, motion: Motion, visitor: Visitor) -> None:
    cms = world.keys.sign(world.posts["prosecutor"], b"something else")
    page = shown(visitor, world, motion, ("сараптама.pdf", REPORT), ("басқа.p7s", cms))
    assert "This signature cannot be checked here" in page


def test_f_f18_who_may_not_read_the_file_is_shown_nothing(world: World, motion: Motion, visitor: Visitor) -> None:
    cms = world.keys.sign(world.posts["prosecutor"], REPORT)
    shown(visitor, world, motion, ("сараптама.p7s", cms))
    attachment = motion.attachments.get()
    address = f"/motions/{motion.pk}/attachments/{attachment.pk}/signature/"
    assert visitor(world.posts["judge"]).get(address).status_code == 404
    assert attachment.document.is_signature
    assert not Document(name="a.pdf", blob=_blob_of_pdf(world, motion)).is_signature


def _blob_of_pdf(world: World, motion: Motion) -> Any:
    return drafts.attach(motion, world.posts["investigator"], "other", "a.pdf", BytesIO(REPORT)).document.blob


def test_f_f18_taking_the_content_out_changes_nothing_that_is_signed(world: World) -> None:
    cms = enclosing(world, REPORT)
    taken = detach(cms, 2**20)
    assert taken.content == REPORT
    assert detach(taken.cms, 2**20).content is None
    assert len(taken.cms) < len(cms) - len(REPORT) + 10
