"""Checkpoint files survive a power failure and a half-written note (O-F9)."""

import logging
import os
from pathlib import Path

import pytest
from django.db import connection

from ecase.audit import checkpoints, sequencer, services, verification
from ecase.audit.models import Checkpoint
from signatures.tlog import transparency
from tests.audit.conftest import fill


def day_file() -> Path:
    return next(checkpoints.folder().glob("*.checkpoints"))


def sizes(log: transparency.Verifier) -> list[int]:
    whole = (note for _source, note in checkpoints.notes() if checkpoints.is_whole(note))
    return [transparency.Checkpoint.open(note, [log]).size for note in whole]


BROKEN = {
    "empty": b"",
    "half": b"ecase-demo/audit\n4\nAbCd",
    "zeros": bytes(200),
    "something else": b"\xff\xfe no note\n\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_latest_counts_as_absent_and_is_written_again(log, how, caplog) -> None:
    """A truncated ``checkpoints/latest`` made the watch fail at each start."""
    fill(4, "system")
    latest = checkpoints.folder() / "latest"
    latest.write_bytes(BROKEN[how])
    with caplog.at_level(logging.CRITICAL, "ecase.audit.checkpoints"):
        assert checkpoints.published_size() == 4
        sequencer.run_once()
    assert "is broken" in caplog.text
    assert latest.read_text() == services.checkpoint()
    assert verification.verify().ok


def test_a_broken_latest_hides_no_rollback(log) -> None:
    fill(4, "system")
    (checkpoints.folder() / "latest").write_bytes(b"")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("audit_node", "audit_checkpoint", "audit_entry", "audit_chain"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(sequencer.LogInconsistent, match="resume --after-restore"):
        sequencer.run_once()


def test_half_a_note_hides_none_of_those_that_follow(log) -> None:
    """Half a note followed by four good ones was reported as five faults, and no good note was compared."""
    fill(2, "system")
    whole = day_file().read_text()
    # Power fails while the note of five entries is written; the database holds the complete note.
    fill(3, "system")
    half = day_file().read_text()[len(whole) :][:40]
    day_file().write_text(whole + half)
    (checkpoints.folder() / "latest").write_text(whole.rstrip("\n") + "\n")
    for _number in range(4):
        fill(1, "system")
    assert sizes(log) == [2, 6, 7, 8, 9]
    result = verification.verify()
    assert result.ok, result.faults
    # Six in the database, five complete ones in files.
    assert result.checkpoints == 11


@pytest.mark.parametrize("length", [0, 9, 16, 18, 40, 63, 64, 90, 155])
def test_wherever_a_note_breaks_off_the_next_one_is_read(log, length) -> None:
    fill(2, "system")
    whole = day_file().read_bytes()
    fill(1, "system")
    second = day_file().read_bytes()[len(whole) :]
    day_file().write_bytes(whole + second[: min(length, len(second))])
    (checkpoints.folder() / "latest").unlink()
    fill(2, "system")
    assert {2, 5} <= set(sizes(log))
    assert verification.verify().ok


def test_half_a_note_that_nothing_explains_is_named(log) -> None:
    fill(2, "system")
    with day_file().open("a") as file:
        file.write("ecase-demo/audit\n900\nAbCd")
    assert [fault.code for fault in verification.verify().faults] == ["half"]


def test_bytes_are_on_the_disk_before_their_name_is(log, monkeypatch) -> None:
    """Sync the file, rename it, sync the folder: in another order a power failure leaves an empty ``latest``."""
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        real_sync(handle)

    def replace(path: Path, target: Path) -> Path:
        done.append("name")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    fill(1, "system")
    # The day's file and its folder entry; then the new file, its name, and the folder.
    assert done[:2] == ["file", "folder"]
    assert done[-3:] == ["file", "name", "folder"]
    assert [path.name for path in checkpoints.folder().iterdir() if path.suffix == ".new"] == []


def test_what_was_signed_and_not_written_out_is_written_by_the_next_run(log) -> None:
    fill(3, "system")
    (checkpoints.folder() / "latest").unlink()
    day_file().unlink()
    sequencer.run_once()
    assert sizes(log) == [Checkpoint.objects.first().size]
