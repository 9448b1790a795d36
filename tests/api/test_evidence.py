"""What a stranger can check: containers, the log's checkpoint and its proofs; and the probes of whoever runs it."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ecase.audit import sequencer
from ecase.audit.models import Checkpoint, Entry
from signatures.tlog import transparency
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory, investigator_of
from tests.logs import PATIENCE, done_by, separate
from tests.motions.conftest import World
from workflows.motions.models import Act

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path) -> Any:
    """A log with a key and a checkpoint folder of its own; rows are committed for real."""
    return separate(settings, tmp_path)


@pytest.fixture
def filed(log: Any, make_world: Callable[[], World]) -> tuple[World, Act]:
    world = make_world()
    return world, world.filed("custody").acts.get()


def verify(caller: Caller, data: bytes) -> Any:
    return caller.post("/api/v1/verify/", {"file": SimpleUploadedFile("act.zip", data)}, format="multipart")


def exported(caller: Caller, act: Act) -> Any:
    """The container. While somebody's long transaction keeps the log from proving the act, a caller asks again."""
    for _ in range(20):
        response = caller.get(f"/api/v1/acts/{act.pk}/container")
        if response.status_code != 503:
            break
        time.sleep(0.5)
    return response


def test_a_container_is_genuine_to_anybody(filed: tuple[World, Act], call: Any, anybody: Caller) -> None:
    world, act = filed
    container = exported(call(world.posts["prosecutor"]), act)
    assert container.status_code == 200
    assert container["Content-Disposition"].endswith('-1-motion.zip"')

    verdict = verify(anybody, container.content)

    assert verdict.status_code == 200
    assert verdict.data["indication"] == "TOTAL_PASSED", verdict.data
    assert {line["name"] for line in verdict.data["lines"]} == {"audit-proof", "signature", "file", "chain"}
    assert verdict.data["act"]["act"]["id"] == str(act.pk)


def test_an_altered_container_is_no_container(filed: tuple[World, Act], call: Any, anybody: Caller) -> None:
    world, act = filed
    data = exported(call(world.posts["prosecutor"]), act).content
    middle = len(data) // 2

    altered = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    problem(verify(anybody, altered), 422, "invalid", "not-a-container")


@pytest.mark.parametrize("data", [b"PK", b"not a zip", b"%PDF-1.7"])
def test_something_else_is_no_container(anybody: Caller, data: bytes) -> None:
    problem(verify(anybody, data), 422, "invalid", "not-a-container")


def test_no_file_at_all(anybody: Caller) -> None:
    problem(anybody.post("/api/v1/verify/", {}, format="multipart"), 422, "invalid", "required")
    problem(anybody.post("/api/v1/verify/", {}), 415, "unsupported-media-type")


def test_the_proof_of_an_act_is_checked_offline(filed: tuple[World, Act], call: Any, log: Any) -> None:
    world, act = filed
    reader = call(investigator_of(world.case))
    sequencer.settle()
    url = reader.get(f"/api/v1/acts/{act.pk}/").data["proof"]

    response = reader.get(url)

    assert response["Content-Type"].startswith("text/plain")
    record, proven = transparency.proven_record(response.content.decode(), (str(log),))
    assert bytes(record.body) == bytes(Entry.objects.get(pk=act.entry_id).body)
    assert proven.checkpoint.size >= 1


def test_what_an_entry_says_is_for_those_who_may_read_it(filed: tuple[World, Act], call: Any, log: Any) -> None:
    """To anybody else the proof tells that there is an entry, and no more."""
    world, act = filed
    prosecutor = world.posts["prosecutor"]
    stranger, auditor, reader = (call(post) for post in (PostFactory(), PostFactory(auditor=True), prosecutor))
    theirs = next(entry for entry in done_by(prosecutor) if entry.event == "token.issued")
    sequencer.settle()
    for number, readers in ((act.entry_id, (auditor, reader)), (theirs.pk, (auditor, reader))):
        entry, url = Entry.objects.get(pk=number), f"/api/v1/audit/entries/{number}/proof"
        bare = stranger.get(url).content.decode()
        assert transparency.Proof.parse(bare).extra == bytes(entry.hash)
        with pytest.raises(transparency.NotShown):
            transparency.proven_record(bare, (str(log),))
        for caller in readers:
            assert transparency.Proof.parse(caller.get(url).content.decode()).extra == bytes(entry.record)
    problem(auditor.get("/api/v1/audit/entries/999999999/proof"), 404, "not-found")


def test_a_kept_checkpoint_is_held_against_a_later_one(filed: tuple[World, Act], anybody: Caller, log: Any) -> None:
    sequencer.settle(PATIENCE)
    newest = Checkpoint.objects.first()
    first = Checkpoint.objects.last()
    assert newest
    assert first

    answer = anybody.get(f"/api/v1/audit/consistency/{first.size}/{newest.size}")

    hashes = [base64.b64decode(line) for line in answer.content.decode().split()]
    transparency.verify_consistency(first.size, newest.size, bytes(first.root), bytes(newest.root), hashes)
    assert anybody.get(f"/api/v1/audit/consistency/1/{newest.size + 1}").status_code == 404
    assert anybody.get(f"/api/v1/audit/consistency/0/{newest.size}").status_code == 404


def test_the_checkpoint_is_for_anybody(filed: tuple[World, Act], anybody: Caller, log: Any) -> None:
    sequencer.settle()

    note = anybody.get("/api/v1/audit/checkpoint").content.decode()

    assert note.splitlines()[0] == str(log).split("+", 1)[0]


def test_before_the_first_checkpoint_there_is_none_yet(anybody: Caller) -> None:
    response = anybody.get("/api/v1/audit/checkpoint")

    problem(response, 409, "not-yet", "not-yet")
    assert response["Retry-After"] == "2"
