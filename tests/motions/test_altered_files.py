"""A signature over the digest of a file is accepted only while the storage holds the bytes of that digest."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from ecase.audit.models import Entry
from ecase.cases import documents, storage
from ecase.cases.integrity import Altered
from ecase.problems import SignatureRefused
from tests.logs import about
from tests.motions.world import PDF, World
from workflows.motions.exports import act_evidence, act_json
from workflows.motions.models import Act, PendingSignature, PreparedAct
from workflows.motions.services import acting, signature_retries
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
OTHER = PDF + b"other"


def prepared(world: World) -> PreparedAct:
    motion = world.draft("search")
    return acting.prepare(motion, ActType.MOTION, world.post(motion, "author"), {})


def perform(world: World, unsigned: PreparedAct) -> Act:
    return acting.perform(unsigned, world.keys.sign(unsigned.author, bytes(unsigned.act_json)), unsigned.author)


def place(sha256: str) -> Path:
    return Path(default_storage.path(storage.path_of(sha256)))


def alter(sha256: str) -> None:
    place(sha256).write_bytes(OTHER)


def told(chain: str, event: str) -> list[dict[str, object]]:
    return [entry.content for entry in Entry.objects.filter(chain=chain).order_by("pk") if entry.event == event]


def test_every_altered_file_is_named_and_nothing_is_signed(world: World) -> None:
    unsigned = prepared(world)
    motion, listed = unsigned.motion, act_json.files(bytes(unsigned.act_json))
    alter(listed[0]["sha256"])
    place(listed[1]["sha256"]).unlink()
    with pytest.raises(Altered) as refused:
        perform(world, unsigned)
    problems = refused.value.problems
    assert [(problem.field, problem.params["name"]) for problem in problems] == [
        ("files.0", "motion.pdf"),
        ("files.1", listed[1]["name"]),
    ]
    assert listed[1]["name"] in str(problems[1].message)
    incidents = told(motion.chain, "file.altered")
    assert [entry["subject"] for entry in incidents] == [
        {"motion": str(motion.pk), "act": str(unsigned.pk), "file": file["sha256"]} for file in listed[:2]
    ]
    assert listed[1]["name"] not in str(incidents)
    (refusal,) = [entry.content["data"] for entry in about("motion", motion.pk) if entry.event == "act.refused"]
    assert refusal == {
        "act": "motion",
        "why": "file-altered",
        "codes": ["file-altered"],
    }
    assert not Act.objects.filter(motion=motion).exists()
    unsigned.refresh_from_db()
    assert unsigned.performed_at is None


def test_uploaded_again_it_can_be_signed(world: World) -> None:
    unsigned = prepared(world)
    attached = act_json.files(bytes(unsigned.act_json))[1]
    content = place(attached["sha256"]).read_bytes()
    alter(attached["sha256"])
    with pytest.raises(Altered):
        perform(world, unsigned)
    documents.store(unsigned.motion.case, unsigned.author, "again.pdf", BytesIO(content))
    assert perform(world, unsigned).pk == unsigned.pk


def test_files_are_not_read_for_a_signature_that_does_not_stand(world: World) -> None:
    unsigned = prepared(world)
    alter(act_json.files(bytes(unsigned.act_json))[0]["sha256"])
    with pytest.raises(SignatureRefused):
        acting.perform(unsigned, world.keys.sign(world.posts["judge"], bytes(unsigned.act_json)), unsigned.author)
    assert not told(unsigned.motion.chain, "file.altered")


def test_a_signature_that_waited_is_refused_as_well(world: World) -> None:
    unsigned = prepared(world)
    alter(act_json.files(bytes(unsigned.act_json))[0]["sha256"])
    waiting = PendingSignature.objects.create(
        prepared=unsigned,
        cms=world.keys.sign(unsigned.author, bytes(unsigned.act_json)),
        received_at=unsigned.created_at,
        next_try_at=unsigned.created_at,
        show_at=unsigned.expires_at,
    )
    assert isinstance(signature_retries.retry(waiting.pk), Altered)
    waiting.refresh_from_db()
    assert [problem["code"] for problem in waiting.problems] == ["file-altered"]
    assert told(unsigned.motion.chain, "file.altered")


def test_evidence_with_an_altered_file_is_not_handed_out(world: World) -> None:
    act = perform(world, prepared(world))
    attached = act_json.files(bytes(act.act_json))[1]["sha256"]
    alter(attached)
    with pytest.raises(Altered):
        list(act_evidence._files(act))
    assert told("system", "file.altered")[-1]["subject"] == {"file": attached}
