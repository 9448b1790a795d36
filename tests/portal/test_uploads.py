"""P-C1, F-F18, P-A16: several files at once, large ones in pieces that go on where they broke, files of the case."""

import base64
import gc
import os
import resource
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ecase.cases import resumable, storage
from ecase.cases.models import Blob, Document, Upload
from tests.cases.court_files import box, mp4
from tests.motions.conftest import PDF, World
from tests.portal.conftest import Visitor
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.watch.duties import DUTIES

MIB = 2**20
PIECE = "application/offset+octet-stream"
RESUMABLE = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def motion(world: World) -> Motion:
    return bare(world, "custody")


def bare(world: World, kind: str) -> Motion:
    """A draft without attachments."""
    return drafts.create(world.case, kind, world.posts["investigator"])


@pytest.fixture
def writer(visitor: Visitor, world: World) -> Client:
    return visitor(world.posts["investigator"])


def begin(client: Client, motion: Motion, size: int, name: str = "тінту.mp4", requirement: str = "other") -> Any:
    metadata = f"filename {base64.b64encode(name.encode()).decode()},filetype dmlkZW8="
    headers = {**RESUMABLE, "Upload-Length": str(size), "Upload-Metadata": metadata}
    return client.post(
        f"/motions/{motion.pk}/attachments/for/{requirement}/uploads/", b"", "application/octet-stream", headers=headers
    )


def send(client: Client, address: str, offset: int, data: bytes) -> Any:
    return client.patch(address, data, PIECE, headers={**RESUMABLE, "Upload-Offset": str(offset)})


def offset_of(client: Client, address: str) -> int:
    return int(client.head(address, headers=RESUMABLE)["Upload-Offset"])


def attach(client: Client, motion: Motion, *addresses: str, requirement: str = "other") -> Any:
    ids = [address.strip("/").split("/")[-1] for address in addresses]
    return client.post(f"/motions/{motion.pk}/attachments/for/{requirement}/", {"upload": ids})


def names(motion: Motion) -> list[str]:
    return list(motion.attachments.values_list("document__name", flat=True))


def incoming(settings: Any) -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / storage.INCOMING
    return list(folder.iterdir()) if folder.exists() else []


# -- in pieces ----------------------------------------------------------------------------------------------------


def test_p_c1_a_file_that_broke_off_goes_on_where_it_broke(writer: Client, motion: Motion, settings: Any) -> None:
    film = mp4(data=os.urandom(3 * MIB))
    address = begin(writer, motion, len(film))["Location"]
    assert send(writer, address, 0, film[:MIB])["Upload-Offset"] == str(MIB)
    # The line broke: the page asks how much arrived, and sends the rest.
    assert send(writer, address, 0, film[:MIB]).status_code == 409
    assert offset_of(writer, address) == MIB
    assert "has not arrived completely" in attach(writer, motion, address).content.decode()
    assert send(writer, address, MIB, film[MIB:])["Upload-Offset"] == str(len(film))

    assert attach(writer, motion, address).status_code == 200
    blob = Document.objects.get().blob
    assert (names(motion), blob.size, blob.media_type) == (["тінту.mp4"], len(film), "video/mp4")
    with storage.open_hashed(blob.sha256)[1] as stored:
        assert stored.read() == film
    assert (Upload.objects.count(), incoming(settings)) == (0, [])


def test_p_c1_what_a_dead_process_wrote_too_much_is_cut_off(writer: Client, motion: Motion) -> None:
    film = mp4()
    address = begin(writer, motion, len(film))["Location"]
    send(writer, address, 0, film[:500])
    path = resumable._path(Upload.objects.get())
    with path.open("ab") as file:
        file.write(b"lost by a crash")
    send(writer, address, 500, film[500:])
    attach(writer, motion, address)
    assert Document.objects.get().blob.size == len(film)


def test_p_c1_a_large_file_takes_no_memory(writer: Client, motion: Motion, settings: Any) -> None:
    """The memory that is used does not depend on the size; ``make bench-uploads`` does the same with 2 GB."""
    peaks, resident, sizes = [], [], (8, int(os.environ.get("ECASE_UPLOAD_MIB", "64")))
    for size in sizes:
        film = box(b"ftyp", b"isom\0\0\2\0isom") + mp4(data=b"")[24:-8]
        rest = size * MIB - len(film)
        head = film + (rest.to_bytes(4, "big") + b"mdat")
        address = begin(writer, motion, size * MIB, f"{size}.mp4")["Location"]
        tracemalloc.start()
        send(writer, address, 0, head + bytes(MIB - len(head)))
        for place in range(1, size):
            send(writer, address, place * MIB, bytes(MIB))
            # Requests of the test's client refer to themselves: their bodies are not the service's memory.
            gc.collect(1)
        answer = attach(writer, motion, address)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        # What libraries take past Python's allocator is in the process's greatest size, in KiB but on macOS.
        resident.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
        assert answer.status_code == 200, answer.content.decode()
    assert max(peaks) < 12 * MIB, peaks
    assert resident[1] - resident[0] < 24 * MIB, resident
    stored = Blob.objects.filter(media_type="video/mp4").order_by("size").values_list("size", flat=True)
    assert list(stored) == [size * MIB for size in sizes]


def test_p_c1_what_is_wrong_is_said_before_anything_is_sent(writer: Client, motion: Motion, settings: Any) -> None:
    settings.LARGE_UPLOAD_MAX_BYTES = 10 * MIB
    refused = begin(writer, motion, 11 * MIB)
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["message"] == "“тінту.mp4” is larger than the limit of 10 MB."
    assert begin(writer, motion, 0).json()["problems"][0]["code"] == "file-empty"
    assert begin(writer, motion, 5, name="..").json()["problems"][0]["code"] == "file-name-missing"
    assert begin(writer, motion, 5, requirement="nothing").json()["problems"][0]["code"] == "unknown-requirement"
    settings.DISK_FREE_BYTES = 2**60
    assert begin(writer, motion, 5).status_code == 503
    assert not Upload.objects.exists()


def test_p_c1_the_first_upload_of_an_installation_finds_its_folder(
    writer: Client, motion: Motion, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "not-there-yet"
    assert begin(writer, motion, 9).status_code == 201


def test_p_c1_the_protocol_is_kept(writer: Client, motion: Motion) -> None:
    address = f"/motions/{motion.pk}/attachments/for/other/uploads/"
    described = writer.options(address)
    assert (described["Tus-Version"], described["Tus-Extension"]) == ("1.0.0", "creation,termination,expiration")
    assert writer.post(address, b"", "application/octet-stream").status_code == 412
    for length in ("", "-1", "x", "１"):
        headers = {**RESUMABLE, "Upload-Length": length}
        assert writer.post(address, b"", "application/octet-stream", headers=headers).status_code == 400, length
    upload = begin(writer, motion, 9)["Location"]
    assert writer.patch(upload, b"a", "text/plain", headers={**RESUMABLE, "Upload-Offset": "0"}).status_code == 415
    assert writer.patch(upload, b"a", PIECE, headers=RESUMABLE).status_code == 400
    assert send(writer, upload, 0, b"0123456789").json()["problems"][0]["code"] == "file-too-large"
    assert writer.head(upload, headers=RESUMABLE).status_code == 404
    upload = begin(writer, motion, 9)["Location"]
    assert writer.delete(upload, headers=RESUMABLE).status_code == 204
    assert writer.head(upload, headers=RESUMABLE).status_code == 404


def test_p_c1_an_upload_is_the_officers_own(writer: Client, motion: Motion, world: World, visitor: Visitor) -> None:
    address = begin(writer, motion, 9)["Location"]
    for role in ("head_of_unit", "prosecutor", "judge"):
        other = visitor(world.posts[role])
        assert other.head(address, headers=RESUMABLE).status_code == 404, role
        assert send(other, address, 0, b"x").status_code == 404, role
    assert begin(visitor(world.posts["judge"]), motion, 9).status_code == 404
    assert attach(writer, world.draft("search"), address).status_code == 404, "begun for another motion"


def test_p_c1_uploads_are_few_and_end(writer: Client, motion: Motion, settings: Any) -> None:
    addresses = [begin(writer, motion, 9)["Location"] for _ in range(resumable.MOST_OPEN)]
    assert begin(writer, motion, 9).json()["problems"][0]["code"] == "uploads-open"
    send(writer, addresses[0], 0, b"abc")
    assert resumable.forget_uploads(timezone.now()) == 0
    assert resumable.forget_uploads in DUTIES
    assert resumable.forget_uploads(timezone.now() + timedelta(days=2)) == resumable.MOST_OPEN
    assert (Upload.objects.count(), incoming(settings)) == (0, [])


def test_f_f18_what_arrived_in_pieces_is_read_as_hostile_input(writer: Client, motion: Motion, settings: Any) -> None:
    film = mp4(reference_flags=0)
    address = begin(writer, motion, len(film))["Location"]
    send(writer, address, 0, film)
    answer = attach(writer, motion, address)
    assert answer.status_code == 422
    assert "“тінту.mp4” opens another file" in answer.content.decode()
    assert (names(motion), Upload.objects.count(), incoming(settings)) == ([], 0, [])


# -- several, and from the case -----------------------------------------------------------------------------------


def test_p_c1_several_files_are_attached_at_once_and_what_is_wrong_is_named(writer: Client, motion: Motion) -> None:
    files = [SimpleUploadedFile(name, data) for name, data in (("1.pdf", PDF), ("2.pdf", b"MZ"), ("3.txt", b"text"))]
    answer = writer.post(f"/motions/{motion.pk}/attachments/for/other/", {"file": files})
    assert (answer.status_code, names(motion)) == (422, ["1.pdf", "3.txt"])
    assert "“2.pdf” does not end as its content asks: .txt" in answer.content.decode()


def test_p_c1_a_file_of_the_case_is_attached_without_a_second_upload(
    writer: Client, motion: Motion, world: World
) -> None:
    first = bare(world, "search")
    writer.post(f"/motions/{first.pk}/attachments/for/other/", {"file": SimpleUploadedFile("хаттама.pdf", PDF)})
    document = Document.objects.get()
    page = writer.get(f"/motions/{motion.pk}/draft/").content.decode()
    assert f'value="{document.pk}"' in page

    known = f"/motions/{motion.pk}/attachments/for/other/known/"
    assert writer.post(known, {"document": [document.pk]}).status_code == 200
    assert (names(motion), Document.objects.count()) == (["хаттама.pdf"], 1)
    again = writer.post(known, {"document": [document.pk]})
    assert (again.status_code, "is attached here already" in again.content.decode()) == (422, True)


def test_p_c1_a_file_of_a_secret_motion_is_offered_to_no_other(writer: Client, motion: Motion, world: World) -> None:
    secret = bare(world, "covert_action")
    assert secret.secret
    requirement = secret.kind_entry.attachments[0].key
    writer.post(f"/motions/{secret.pk}/attachments/for/{requirement}/", {"file": SimpleUploadedFile("s.pdf", PDF)})
    document = Document.objects.get()
    known = f"/motions/{motion.pk}/attachments/for/other/known/"
    assert writer.post(known, {"document": [document.pk]}).status_code == 404
    assert f'value="{document.pk}"' not in writer.get(f"/motions/{motion.pk}/draft/").content.decode()


def test_p_c1_a_file_of_the_case_stays_open_when_a_secret_motion_takes_it(
    writer: Client, motion: Motion, world: World, visitor: Visitor
) -> None:
    writer.post(f"/motions/{motion.pk}/attachments/for/other/", {"file": SimpleUploadedFile("x.pdf", PDF)})
    document, secret = Document.objects.get(), bare(world, "covert_action")
    requirement = secret.kind_entry.attachments[0].key
    known = f"/motions/{secret.pk}/attachments/for/{requirement}/known/"
    assert writer.post(known, {"document": [document.pk]}).status_code == 200
    taken = secret.attachments.get().document
    assert (taken.pk != document.pk, taken.secret, taken.blob_id) == (True, True, document.blob_id)
    page = visitor(world.posts["head_of_unit"]).get(f"/cases/{world.case.pk}/").content.decode()
    assert (str(document.pk) in page, str(taken.pk) in page) == (True, False)


def test_p_a16_the_page_names_types_and_the_limit(writer: Client, motion: Motion, settings: Any) -> None:
    page = writer.get(f"/motions/{motion.pk}/draft/").content.decode()
    for ending in (".pdf", ".heic", ".tif", ".doc", ".rtf", ".odt", ".mp3", ".mp4", ".zip", ".p7s"):
        assert ending in page, ending
    assert f'data-upload-most="{settings.LARGE_UPLOAD_MAX_BYTES}"' in page
    assert "multiple" in page
