"""The record of a draw: on which seed it was made, and that it proves itself to a stranger."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ecase.audit.models import Entry
from ecase.officers.models import Organisation, Post
from tests.assignment.conftest import MakeMotion, committed, drawn, judges, officer, on_roster, sign
from tests.past_guards import past_guards
from workflows.assignment import algorithm, seeds, services
from workflows.assignment.models import Draw
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db


# -- on which seed ------------------------------------------------------------------------------------------------


def test_the_nonce_was_committed_to_before_and_the_next_one_is_at_once(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    seeds.commit(court)
    seeds.commit(court)
    (before,) = committed(court)
    motion = file()
    record = drawn(motion)
    assert record.made_of["committed_in"] == {"entry": before.pk, "number": 1}
    assert record.made_of["commitment"] == before.content["data"]["commitment"]
    assert record.made_of["act"]["sha256"] == motion.acts.get().sha256
    first, following = committed(court)
    assert first == before
    again = drawn(motion)
    assert again.made_of["committed_in"] == {"entry": following.pk, "number": 2}
    assert again.made_of["nonce"] != record.made_of["nonce"]
    assert again.seed != record.seed


def test_a_nonce_is_secret_until_it_is_used(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    record = drawn(file())
    waiting = seeds.Commitment.objects.get(court=court)
    logged = b"".join(bytes(entry.body) for entry in Entry.objects.all())
    assert record.made_of["nonce"].encode() in logged
    assert waiting.nonce.encode() not in logged
    assert algorithm.commitment(waiting.nonce).encode() in logged


def test_the_seed_rests_on_the_last_act_that_an_officer_signed(court: Organisation, file: MakeMotion) -> None:
    (judge, *_others) = judges(court)
    motion = file()
    later = sign(motion, judge)
    assert drawn(motion).made_of["act"] == {"id": str(later.pk), "sha256": later.sha256}


def test_a_motion_that_nobody_has_signed_is_not_drawn(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    motion = Motion.objects.get(pk=file().pk)
    bare = Motion.objects.create(
        case=motion.case,
        kind="search",
        catalogue=motion.catalogue,
        language="kk",
        author=motion.author,
        organisation=motion.organisation,
        prosecution=motion.prosecution,
        court=court,
    )
    with pytest.raises(seeds.NothingSigned):
        services.draw(bare, court, bare.case)


# -- and the record proves it -------------------------------------------------------------------------------------


@pytest.fixture
def record(court: Organisation, file: MakeMotion, tmp_path: Path, settings: Any) -> Draw:
    first, second, third = judges(court)
    on_roster(first)
    on_roster(second, share=40, specialisations=["search"])
    return drawn(file(), barred={officer(third): "recusal"})


def test_a_record_verifies_by_itself_and_against_the_log(record: Draw) -> None:
    assert services.faults(record) == []
    assert not services.faults(Draw.objects.get(pk=record.pk))


def changed(record: Draw, path: str, value: Any) -> Draw:
    other = Draw.objects.get(pk=record.pk)
    name, *keys = path.split(".")
    if not keys:
        setattr(other, name, value)
    place: Any = getattr(other, name)
    for key in keys[:-1]:
        place = place[int(key) if key.isdigit() else key]
    if keys:
        place[keys[-1]] = value
    return other


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("seed", "00", "the seed is not the hash of its parts"),
        ("made_of.nonce", "00", "the nonce is not the one that was committed to"),
        ("made_of.act.sha256", "00", "the motion has no such act"),
        ("made_of.motion", "another", "the seed is of another motion or court"),
        ("made_of.commitment", "00", "the audit log does not hold the commitment"),
        ("made_of.committed_in.entry", 0, "the audit log does not hold the commitment"),
        ("made_of.committed_in.number", 3, "a commitment of the court was passed over"),
        ("candidates.0.weight", 1, "a weight is not what its parts make"),
        ("candidates.0.made_of.open", 1, "a weight is not what its parts make"),
        ("excluded", None, "the candidates are not in order"),
        ("algorithm", "ecase.draw/3", "the algorithm 'ecase.draw/3' is not known"),
    ],
)
def test_what_does_not_add_up_is_named(record: Draw, path: str, value: Any, fault: str) -> None:
    forged = changed(record, path, {record.candidates[0]["officer"]: []} if path == "excluded" else value)
    assert fault in services.faults(forged)
    assert services.faults(forged)


def test_a_nonce_that_was_thrown_away_is_found(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    drawn(file())
    with past_guards():
        seeds.Commitment.objects.all().delete()
    seeds.commit(court)
    assert services.faults(drawn(file())) == ["a commitment of the court was passed over"]


def test_another_judge_than_the_one_drawn_is_found(record: Draw) -> None:
    posts = {officer(post): post for post in Post.objects.filter(organisation=record.court)}
    for other in set(posts) - {officer(record.chosen)}:
        assert "another judge should have been drawn" in services.faults(changed(record, "chosen", posts[other]))


def test_the_record_is_in_the_audit_log_as_it_is(record: Draw) -> None:
    entry = Entry.objects.filter(chain=record.motion.chain).order_by("-seq")[0]
    assert entry.event == "draw.made"
    assert entry.content["data"] == record.as_dict()


def test_the_command_prints_the_record_and_says_that_it_stands(record: Draw) -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_draw", str(record.pk), stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == record.as_dict()
    with pytest.raises(CommandError):
        call_command("verify_draw", "00000000-0000-0000-0000-000000000000")


def test_the_command_fails_for_a_draw_that_does_not_stand(record: Draw) -> None:
    forged = Draw.objects.create(
        motion=record.motion,
        court=record.court,
        chosen=record.chosen,
        algorithm=record.algorithm,
        seed="00",
        made_of=record.made_of,
        candidates=record.candidates,
    )
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_draw", str(forged.pk), stdout=io.StringIO(), stderr=err)
    assert "the seed is not the hash of its parts" in err.getvalue()


def stranger(folder: Path, record: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Runs the program of the documentation, with nothing but Python's own library, over a record."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "draw.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (folder / "record.json").write_text(json.dumps(record))
    (folder / "repeat.py").write_text(program)
    command = [sys.executable, "-I", "repeat.py", "record.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_stranger_repeats_the_draw_with_the_program_of_the_documentation(record: Draw, tmp_path: Path) -> None:
    answer = stranger(tmp_path, record.as_dict())
    assert (answer.returncode, answer.stdout.strip()) == (0, officer(record.chosen)), answer.stderr


@pytest.mark.parametrize(("key", "value"), [("seed", "00"), ("chosen", "somebody else")])
def test_the_strangers_program_finds_a_forged_record(record: Draw, tmp_path: Path, key: str, value: str) -> None:
    assert stranger(tmp_path, {**record.as_dict(), key: value}).returncode != 0


def test_draws_before_weights_are_verified_as_they_were_made(record: Draw) -> None:
    held = sorted(officer(post) for post in Post.objects.filter(organisation=record.court))
    first = min(held, key=lambda judge: algorithm._hashed(f"aa:{judge}"))
    old = Draw(pk=record.pk, motion=record.motion, court=record.court, seed="aa", candidates=held)
    old.chosen = Post.objects.get(officer=first)
    assert not services.faults(old)
