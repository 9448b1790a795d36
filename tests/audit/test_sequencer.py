"""The sequencer: every committed entry exactly once, in one order, signed; proofs that anyone can verify."""

import json
import threading
from functools import partial
from itertools import pairwise

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction

from ecase.audit import checkpoints, keys, sequencer, services, tree
from ecase.audit.models import Checkpoint, Entry, Node
from signatures.tlog import transparency
from tests.audit.conftest import append, behind_the_back, fill
from tests.logs import PATIENCE


def opened(note, log):
    return transparency.Checkpoint.open(note, [log])


def test_what_was_committed_is_taken_in_once(log):
    fill(5, "system", "officer:1")
    assert sequencer.run_once() == 0
    append()
    sequencer.settle(PATIENCE)
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [6, 5]


def test_nothing_new_is_nothing_signed(log):
    assert sequencer.run_once() == 0
    assert not Checkpoint.objects.exists()
    with pytest.raises(services.NotYetInTree):
        services.checkpoint()


def test_batches_make_the_same_tree_as_one_go(log, monkeypatch):
    monkeypatch.setattr(sequencer, "BATCH", 4)
    fill(25, "system")
    leaves = Entry.objects.order_by("xid", "id").values_list("hash", flat=True)
    whole = transparency.CompactRange()
    for digest in leaves:
        list(whole.append(transparency.leaf_hash(bytes(digest))))
    checkpoint = opened(services.checkpoint(), log)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("ecase-demo/audit", 25, whole.root())


def test_every_entry_has_its_proof(log):
    for entry in fill(19, "system", "officer:1", "case:2"):
        record, proven = transparency.proven_record(services.proof(entry), [str(log)])
        assert record == entry.record
        assert json.loads(record.body) == entry.content
        assert proven.checkpoint.size == 19


def test_a_proof_takes_three_queries_however_long_the_log(log, django_assert_num_queries):
    entry = fill(300, "system")[77]
    with django_assert_num_queries(3):
        services.proof(entry)


def test_an_entry_that_is_not_in_the_tree_has_no_proof_yet(log):
    fill(2, "system")
    with pytest.raises(services.NotYetInTree):
        services.proof(append())


def test_checkpoints_continue_each_other(log):
    for entries in (1, 3, 7, 2):
        fill(entries, "system")
    for old, new in pairwise(Checkpoint.objects.order_by("size")):
        proof = services.consistency(old.size, new.size)
        transparency.verify_consistency(old.size, new.size, bytes(old.root), bytes(new.root), proof)


def test_a_long_transaction_holds_the_horizon_and_loses_nothing(log):
    """A transaction that began earlier and commits later is not skipped, as polling by ``id > last`` would."""
    appended, finish = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            append("officer:slow")
            appended.set()
            finish.wait()
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    appended.wait()
    append("officer:quick")
    assert sequencer.run_once() == 0
    finish.set()
    thread.join()
    sequencer.settle(PATIENCE)
    assert list(leaves()) == list(Entry.objects.order_by("xid", "id").values_list("id", flat=True))


def leaves():
    return Node.objects.filter(level=0).order_by("position").values_list("entry_id", flat=True)


def at_once(*works):
    """Run each in its own thread; returns the exceptions raised."""
    failures = []

    def guarded(work):
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - the caller asserts on it
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_none_is_missed_while_sixteen_write_and_two_take_in(log):
    each, writers = 25, threading.Semaphore(0)

    def write(name):
        for number in range(each):
            with transaction.atomic():
                append(f"officer:{name % 5}", number=number)
        writers.release()

    def take_in():
        while not writers.acquire(blocking=False):
            sequencer.run_once(batch=10)

    assert at_once(*(partial(write, name) for name in range(16)), take_in, take_in) == []
    sequencer.settle(PATIENCE)
    assert sorted(leaves()) == sorted(Entry.objects.values_list("id", flat=True))
    assert tree.size() == 16 * each


def test_one_leads_the_others_step_back(log):
    append()
    held, release = threading.Event(), threading.Event()

    def leader():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sequencer.LEADER])
            held.set()
            release.wait()
        connections.close_all()

    thread = threading.Thread(target=leader)
    thread.start()
    held.wait()
    assert sequencer.run_once() == 0
    release.set()
    thread.join()
    sequencer.settle(PATIENCE)
    assert tree.size() == 1


# -- outside the database -----------------------------------------------------------------------------------------


def test_checkpoints_leave_the_database(log):
    fill(2, "system")
    fill(3, "system")
    sizes = [opened(note, log).size for _name, note in checkpoints.notes()]
    assert sizes == [2, 5]
    assert (checkpoints.folder() / "latest").read_text() == services.checkpoint()


def test_a_checkpoint_that_was_not_written_out_is_written_by_the_next_run(log):
    fill(2, "system")
    (checkpoints.folder() / "latest").unlink()
    sequencer.run_once()
    assert checkpoints.published_size() == 2


def test_a_log_that_was_rolled_back_is_not_continued(log):
    fill(4, "system")
    with behind_the_back() as cursor:
        for table in ("audit_node", "audit_checkpoint", "audit_entry", "audit_chain"):
            cursor.execute(f"DELETE FROM {table}")
    append()
    with pytest.raises(sequencer.LogInconsistent, match="rolled back"):
        sequencer.run_once()


def test_a_log_that_was_rewritten_is_not_signed(log):
    fill(4, "system")
    with behind_the_back() as cursor:
        cursor.execute("UPDATE audit_node SET hash = sha256(hash) WHERE level = 2")
    append()
    with pytest.raises(sequencer.LogInconsistent, match="is not the one"):
        sequencer.run_once()
    assert Checkpoint.objects.count() == 1


def test_transaction_ids_that_went_back_are_noticed(log):
    """As after a dump is loaded into a new server: new entries would sort before the old ones."""
    fill(1, "system")
    with behind_the_back() as cursor:
        cursor.execute("UPDATE audit_entry SET xid = '4611686018427387904'")
    append()
    with pytest.raises(sequencer.LogInconsistent, match="transaction ids"):
        sequencer.run_once()


# -- the key ------------------------------------------------------------------------------------------------------


def test_the_key_is_secret_and_made_once(log, settings):
    assert settings.LOG_KEY_FILE.stat().st_mode & 0o777 == 0o600
    assert keys.make() == log
    assert transparency.Verifier.parse((settings.TRUST_DIR / "log.vkey").read_text()) == log


def test_a_missing_key_says_how_to_make_one(log, settings):
    settings.LOG_KEY_FILE.unlink()
    with pytest.raises(ImproperlyConfigured, match="make-key"):
        sequencer.run_once() or keys.signer()


def test_an_exposed_key_is_not_used(log, settings):
    settings.LOG_KEY_FILE.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        keys.signer()


def test_a_spoiled_key_is_named(log, settings):
    settings.LOG_KEY_FILE.write_text("no key")
    with pytest.raises(ImproperlyConfigured, match="log-key"):
        keys.signer()
