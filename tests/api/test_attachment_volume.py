"""F-F4, O-F25: what may be attached is what the evidence container can hold, told before anything is signed."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from ecase.cases.models import Document
from ecase.problems import Invalid
from signatures.container.limits import MIB, USUAL
from tests.api.conftest import Caller, problem
from tests.cases.court_files import mp4
from tests.logs import separate
from tests.motions.conftest import World
from workflows.motions.models import Motion
from workflows.motions.rules import volume
from workflows.motions.services import drafts
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
SIZE = 100_000


@pytest.fixture
def log(transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path) -> Any:
    """A log with a key and a checkpoint folder of its own; rows are committed for real."""
    return separate(settings, tmp_path)


@pytest.fixture
def draft(world: World) -> Motion:
    return drafts.create(world.case, "custody", world.posts["investigator"])


@pytest.fixture
def mine(world: World, call: Any) -> Caller:
    return call(world.posts["investigator"])


def bound(settings: Any, **changes: int) -> None:
    settings.CONTAINER_LIMITS = replace(USUAL, **changes)


def upload(caller: Caller, draft: Motion, number: int) -> Any:
    requirement = draft.kind_entry.attachments[0].key
    file = SimpleUploadedFile(f"{number}.txt", f"Лист {number}. ".encode() + b"x" * SIZE)
    fields = {"requirement": requirement, "file": file}
    return caller.post(f"/api/v1/motions/{draft.pk}/documents/", fields, format="multipart")


LIMITED = {
    "count": ({"files": 2 + volume.PAPERS}, "too-many-files"),
    "sum": ({"file_bytes": volume.PAPER_BYTES + 2 * (SIZE + 50)}, "files-too-large"),
}


@pytest.mark.parametrize("name", LIMITED)
def test_f_f4_what_is_too_much_is_told_at_the_file_and_not_stored(
    settings: Any, mine: Caller, draft: Motion, name: str
) -> None:
    changes, code = LIMITED[name]
    bound(settings, **changes)
    assert [upload(mine, draft, number).status_code for number in (1, 2)] == [201, 201]
    refused = upload(mine, draft, 3)
    problem(refused, 422, "invalid", code)
    assert refused.data["problems"][0]["field"] == "file"
    assert Document.objects.count() == 2


def test_o_f25_a_requirement_has_a_limit_of_its_own(settings: Any, mine: Caller, draft: Motion) -> None:
    settings.ATTACHMENTS_PER_REQUIREMENT = 1
    assert upload(mine, draft, 1).status_code == 201
    problem(upload(mine, draft, 2), 422, "invalid", "too-many-files")


WORDS = [("kk", "файлдан артық"), ("ru", "не более"), ("en", "No more than")]


@pytest.mark.parametrize(("language", "words"), WORDS)
def test_f_f4_the_page_says_it_in_the_officers_language(
    settings: Any, world: World, mine: Caller, draft: Motion, language: str, words: str
) -> None:
    bound(settings, files=1 + volume.PAPERS)
    assert upload(mine, draft, 1).status_code == 201
    requirement = draft.kind_entry.attachments[0].key
    with translation.override(language), pytest.raises(Invalid, match="too-many-files") as refused:
        drafts.attach(draft, draft.author, requirement, "2.txt", SimpleUploadedFile("a", b"more"))
    assert words in str(refused.value.problems[0].message)


def test_f_f4_what_was_attached_before_there_were_limits_is_told_before_it_is_signed(
    settings: Any, mine: Caller, draft: Motion
) -> None:
    assert [upload(mine, draft, number).status_code for number in (1, 2)] == [201, 201]
    bound(settings, files=1 + volume.PAPERS)
    assert "too-many-files" in {fault.code for fault in drafts.missing(draft)}


def test_f_f4_a_motion_at_the_limit_is_signed_and_its_evidence_verifies_at_every_door(
    settings: Any, make_world: Callable[[], World], call: Any, anybody: Caller, log: Any
) -> None:
    world = make_world()
    motion = world.draft("custody")
    attached = [size for _requirement, size in volume.held(motion)]
    bound(settings, files=len(attached) + 1 + volume.PAPERS, file_bytes=sum(attached) + SIZE + volume.PAPER_BYTES)
    requirement = motion.kind_entry.attachments[0].key
    drafts.attach(motion, motion.author, requirement, "last.txt", SimpleUploadedFile("a", b"x" * SIZE))
    act = world.act(motion, ActType.MOTION, world.author_of(motion.kind_entry, motion.payload))
    data = call(world.posts["prosecutor"]).get(f"/api/v1/acts/{act.pk}/container").content
    sent = {"file": SimpleUploadedFile("act.zip", data)}
    assert anybody.post("/api/v1/verify/", sent, format="multipart").data["indication"] == "TOTAL_PASSED"
    page = Client(headers={"Accept-Language": "en"}).post("/verify/", {"file": SimpleUploadedFile("act.zip", data)})
    assert "Genuine" in page.content.decode()


def test_p_c1_a_film_is_not_enclosed_but_its_digest_is_signed(
    settings: Any, make_world: Callable[[], World], call: Any, anybody: Caller, log: Any
) -> None:
    world = make_world()
    motion = world.draft("custody")
    requirement, film = motion.kind_entry.attachments[0].key, mp4(data=bytes(2 * SIZE))
    drafts.attach(motion, motion.author, requirement, "film.mp4", SimpleUploadedFile("a", film))
    settings.UPLOAD_MAX_BYTES = SIZE
    act = world.act(motion, ActType.MOTION, world.author_of(motion.kind_entry, motion.payload))
    data = call(world.posts["prosecutor"]).get(f"/api/v1/acts/{act.pk}/container").content
    with zipfile.ZipFile(BytesIO(data)) as container:
        assert not any(name.endswith("film.mp4") for name in container.namelist())
        assert "Large files, such as films, are not enclosed." in container.read("README.txt").decode()
    sent = {"file": SimpleUploadedFile("act.zip", data)}
    verdict = anybody.post("/api/v1/verify/", sent, format="multipart").data
    open_lines = [line["subject"] for line in verdict["lines"] if line["indication"] != "TOTAL_PASSED"]
    assert (verdict["indication"], open_lines) == ("INDETERMINATE", ["04-film.mp4"])


def test_p_c1_films_have_a_limit_of_their_own(settings: Any, draft: Motion) -> None:
    settings.UPLOAD_MAX_BYTES, settings.LARGE_FILES_BYTES = MIB, 3 * MIB
    attached = [("materials", 2 * MIB), ("materials", MIB - 1)]
    assert list(volume.faults(attached, "file")) == []
    assert [fault.code for fault in volume.faults([*attached, ("materials", 2 * MIB)], "file")] == ["files-too-large"]


def test_f_f4_a_text_that_is_too_long_is_told_before_it_is_signed(settings: Any) -> None:
    bound(settings, act_bytes=1000)
    volume.require_statement(1000)
    with pytest.raises(Invalid, match="act-too-large"):
        volume.require_statement(1001)


def test_the_sizes_of_a_stream_are_known_before_it_is_stored() -> None:
    file = SimpleUploadedFile("a", b"12345")
    file.read(2)
    assert (volume.size_of(file), file.read()) == (3, b"345")
    assert USUAL.file_bytes == 100 * MIB
