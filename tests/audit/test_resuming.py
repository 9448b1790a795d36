"""A real restore to an earlier state, with newer checkpoints outside: detected, decided on, explained (O-F6)."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ecase.audit import checkpoints, gaps, keys, sequencer, services, verification
from ecase.audit.models import Checkpoint, Entry
from ecase.problems import TryLater
from signatures.tlog import transparency
from tests.audit.conftest import append, behind_the_back, fill
from tests.backups import backups
from tests.logs import PATIENCE


@pytest.fixture
def backup(log) -> Iterator[Callable[[], Callable[[], None]]]:
    """Takes a backup and returns a function that restores it. The folder of checkpoints is not restored."""
    with backups() as take:
        yield take


def audit(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("audit", *arguments, stdout=out, stderr=out)
    except CommandError as fault:
        return fault.returncode, out.getvalue() + str(fault)
    return 0, out.getvalue()


def resume() -> tuple[int, str]:
    return audit("resume", "--after-restore", "--by", "Сәрсенов А., әкімші", "--reason", "disk of the server lost")


@pytest.fixture
def restored(backup) -> list[Entry]:
    """Seven entries were signed; the backup has the first four."""
    kept = fill(4, "system", "officer:1")
    restore = backup()
    lost = fill(3, "system")
    restore()
    assert not Entry.objects.filter(pk=lost[0].pk).exists()
    return kept


def test_after_a_restore_nothing_is_signed_and_no_act_is_taken_until_a_person_decides(restored) -> None:
    with pytest.raises(sequencer.LogInconsistent, match="resume --after-restore"):
        sequencer.run_once()
    assert [fault.code for fault in verification.verify().faults] == ["truncated"]
    with pytest.raises(TryLater):
        services.require_continued()
    # Earlier entries can still be proven.
    transparency.proven_record(services.proof(restored[0]), [str(keys.signer().verifier)])


def test_resuming_puts_the_gap_on_record_and_the_log_goes_on(restored) -> None:
    before = {note for _source, note in checkpoints.notes()}
    append("officer:1", number=99)
    code, text = resume()
    assert code == 0, text
    assert "5" in text
    assert "ecase-demo/audit/2" in text

    services.require_continued()
    statement = Entry.objects.get(chain=gaps.CHAIN)
    data = statement.content["data"]
    assert (data["common"], data["kept"], data["signed"]) == (4, 4, 7)
    assert (data["origin"], data["continued_as"]) == ("ecase-demo/audit", "ecase-demo/audit/2")
    assert data["decided_by"] == "Сәрсенов А., әкімші"
    # Old checkpoints are unchanged.
    assert before < {note for _source, note in checkpoints.notes()}
    newest = Checkpoint.objects.first()
    assert newest.origin == "ecase-demo/audit/2"
    assert checkpoints.published_size() == newest.size == 6


def test_verification_names_the_gap_and_the_rest_stands(restored) -> None:
    resume()
    for _number in range(3):
        fill(2, "system")
    result = verification.verify()
    assert result.ok, result.faults
    (gap,) = result.gaps
    assert (gap.kept, gap.signed, gap.decided_by) == (4, 7, "Сәрсенов А., әкімші")
    code, text = audit("verify")
    assert code == 0
    assert "ecase-demo/audit/2" in text


def test_proofs_from_before_and_after_are_checked_offline(log, backup, settings) -> None:
    kept = fill(4, "system")
    before = services.proof(kept[1])
    restore = backup()
    lost = fill(3, "system")
    gone = services.proof(lost[0])
    restore()
    resume()
    after = fill(1, "system")[0]
    trusted = [path.read_text() for path in settings.TRUST_DIR.glob("*.vkey")]
    now = [services.proof(entry) for entry in (kept[1], after, Entry.objects.get(chain="log"))]
    for proof in (before, gone, *now):
        transparency.proven_record(proof, trusted)
    # The new log begins with the last common checkpoint of the old one.
    old, new = Checkpoint.objects.get(size=4), Checkpoint.objects.first()
    hashes = services.consistency(old.size, new.size)
    transparency.verify_consistency(old.size, new.size, bytes(old.root), bytes(new.root), hashes)


def test_two_restores_are_two_gaps(log, backup) -> None:
    fill(2, "system")
    first = backup()
    fill(2, "system")
    first()
    resume()
    second = backup()
    fill(5, "system")
    second()
    assert resume()[0] == 0
    fill(1, "system")
    result = verification.verify()
    assert result.ok, result.faults
    assert [gap.continued_as for gap in result.gaps] == ["ecase-demo/audit/2", "ecase-demo/audit/3"]


def test_a_restore_to_before_a_statement_is_found_as_well(log, backup) -> None:
    fill(2, "system")
    very_early = backup()
    fill(2, "system")
    early = backup()
    fill(2, "system")
    early()
    resume()
    very_early()
    with pytest.raises(sequencer.LogInconsistent):
        sequencer.run_once()
    with pytest.raises(TryLater):
        services.require_continued()


def test_without_a_name_and_a_reason_nothing_is_changed(restored) -> None:
    code, text = audit("resume", "--after-restore")
    assert code == 1
    assert "7" in text
    assert not Entry.objects.filter(chain=gaps.CHAIN).exists()
    assert keys.origin() == "ecase-demo/audit"


def test_a_log_that_lost_nothing_is_not_resumed(log) -> None:
    fill(3, "system")
    assert resume()[0] == 1
    assert keys.origin() == "ecase-demo/audit"


def test_what_was_rewritten_is_no_restore(restored) -> None:
    with behind_the_back() as cursor:
        cursor.execute("UPDATE audit_entry SET body = set_byte(body, 20, 0) WHERE id = %s", [restored[0].pk])
    code, text = resume()
    assert code == 1
    assert f"id={restored[0].pk}" in text
    assert keys.origin() == "ecase-demo/audit"


def test_a_statement_without_the_key_explains_nothing(restored) -> None:
    """Anyone who rolls the log back and writes the statement without the key is still detected."""
    gap = gaps.find()
    data = {**{key: value for key, value in vars(gap).items() if key != "at"}, "torn": []}
    services.append(gaps.EVENT, chain=gaps.CHAIN, actor={"service": "x"}, subject={}, data=data)
    assert [fault.code for fault in verification.verify().faults] == ["truncated"]
    with pytest.raises(sequencer.LogInconsistent):
        sequencer.run_once()


def test_a_lost_checkpoint_that_is_taken_away_later_is_missed(restored) -> None:
    resume()
    (path,) = checkpoints.folder().glob("*.checkpoints")
    notes = [note for _source, note in checkpoints.notes()]
    path.write_text("".join(f"{note}\n" for note in notes if "\n7\n" not in note))
    assert [fault.code for fault in verification.verify().faults] == ["gap"]


def test_resuming_again_after_an_interruption_makes_the_log_go_on(restored, monkeypatch) -> None:
    def interrupted(_name: str) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(keys, "begin_epoch", interrupted)
        with pytest.raises(OSError, match="no space"):
            gaps.resume(gaps.find(), "a", "b")
    with pytest.raises(sequencer.LogInconsistent):
        sequencer.run_once()
    assert resume()[0] == 0
    sequencer.settle(PATIENCE)
    assert verification.verify().ok
