"""What the page behind a paper's QR code answers about a digest: a word, and nothing of the case."""

import hashlib
import json
import uuid
from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from ecase.cases import integrity
from tests.motions.conftest import World
from workflows.motions.models import Act
from workflows.motions.services import acting

pytestmark = pytest.mark.django_db


def filed(world: World) -> Act:
    return world.filed("search").acts.get(position=1)


def pdf(act: Act) -> bytes:
    assert act.pdf
    with integrity.open_intact(act.pdf.sha256) as stored:
        return stored.read()


def asked(sha256: str, act: object = "") -> dict[str, str]:
    answer = Client().get("/verify/genuine/", {"sha256": sha256, "act": str(act)})
    assert answer.status_code == 200
    return json.loads(answer.content)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_the_signed_file_is_genuine_with_and_without_its_code(world: World) -> None:
    act = filed(world)
    assert asked(digest(pdf(act)), act.pk) == {"verdict": "genuine"}
    assert asked(digest(pdf(act))) == {"verdict": "genuine"}
    assert asked(digest(bytes(act.act_json)), act.pk) == {"verdict": "genuine"}


def test_one_changed_bit_is_altered(world: World) -> None:
    act = filed(world)
    changed = bytearray(pdf(act))
    changed[-20] ^= 1
    assert asked(digest(bytes(changed)), act.pk) == {"verdict": "altered"}
    assert asked(digest(bytes(changed))) == {"verdict": "unknown"}


def test_another_acts_file_is_altered(world: World) -> None:
    one, other = filed(world), filed(world)
    assert asked(digest(pdf(other)), one.pk) == {"verdict": "altered"}


def test_what_was_never_signed_is_unknown(world: World) -> None:
    motion = world.draft("search")
    prepared = acting.prepare(motion, "motion", world.post(motion, "author"), {})
    assert prepared.pdf
    assert asked(prepared.pdf.sha256, prepared.pk) == {"verdict": "unknown"}
    assert asked(digest(b"anything"), uuid.uuid4()) == {"verdict": "unknown"}
    assert asked(digest(b"anything"), "no-number") == {"verdict": "unknown"}


@pytest.mark.parametrize("sha256", ["", "abc", "Z" * 64, "a" * 65])
def test_what_is_no_digest_is_said(sha256: str) -> None:
    assert Client().get("/verify/genuine/", {"sha256": sha256}).status_code == 400


def test_the_paper_leads_to_the_page(world: World) -> None:
    act = filed(world)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf(act))).pages)
    address = f"{settings.PUBLIC_URL}/verify/?act={act.pk}"
    assert address in "".join(text.split())
    answer = Client(headers={"Accept-Language": "en"}).get(address.removeprefix(settings.PUBLIC_URL))
    assert "data-genuine" in answer.content.decode()
    assert world.case.number not in answer.content.decode()
