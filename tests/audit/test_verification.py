"""Tampering with the log in the database is detected, and the row is named."""

import time
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone, translation

from ecase.audit import checkpoints, keys, sequencer, verification
from ecase.audit.models import Entry, Node
from signatures.tlog.transparency import Record, Signer, leaf_hash
from tests.audit.conftest import append, behind_the_back, fill
from tests.logs import PATIENCE

CHAINS = ("system", "officer:1", "case:2")


@pytest.fixture
def entries(log):
    """Twelve entries on three chains, under two checkpoints, and one more that is not in the tree."""
    made = fill(7, *CHAINS) + fill(5, *CHAINS)
    return [*made, append("case:2")]


def faults():
    return {(fault.code, fault.chain, fault.seq, fault.id) for fault in verification.verify().faults}


def tamper(sql, *values):
    with behind_the_back() as cursor:
        cursor.execute(sql, values)


def test_an_untouched_log_stands(entries):
    result = verification.verify()
    assert result.ok, result.faults
    # Two checkpoints, each in the database and in the folder.
    assert (result.entries, result.leaves, result.checkpoints) == (13, 12, 4)


def test_an_empty_log_stands(log):
    assert verification.verify() == verification.Result(0, 0, 0, [])


def test_it_can_be_verified_inside_a_transaction(entries):
    with transaction.atomic():
        assert verification.verify().ok


@pytest.mark.parametrize("position", range(13))
def test_one_altered_byte_names_its_row_and_no_other(entries, position):
    victim = entries[position]
    tamper("UPDATE audit_entry SET body = set_byte(body, 20, get_byte(body, 20) # 1) WHERE id = %s", victim.id)
    assert faults() == {("altered", victim.chain, victim.seq, victim.id)}


@pytest.mark.parametrize("column", ["prev", "hash"])
def test_an_altered_hash_names_its_row(entries, column):
    victim = entries[4]
    tamper(f"UPDATE audit_entry SET {column} = sha256({column}) WHERE id = %s", victim.id)
    assert ("altered", victim.chain, victim.seq, victim.id) in faults()


def test_a_column_that_contradicts_the_content_names_its_row(entries):
    victim = entries[4]
    tamper("UPDATE audit_entry SET at = at - interval '1 hour' WHERE id = %s", victim.id)
    assert faults() == {("columns", victim.chain, victim.seq, victim.id)}


def forgery(entry):
    """The entry with other content and the matching hash."""
    content = bytes(entry.body).replace(b"performed", b"cancelled")
    return Record(bytes(entry.prev), entry.chain, entry.seq, content)


def test_an_entry_replaced_with_a_fitting_hash_is_named(entries):
    victim = entries[3]
    forged = forgery(victim)
    tamper("UPDATE audit_entry SET body = %s, hash = %s WHERE id = %s", forged.body, forged.hash, victim.id)
    found = faults()
    assert ("leaf", victim.chain, victim.seq, victim.id) in found
    assert ("link", victim.chain, victim.seq + 1, entries[6].id) in found


def test_a_whole_chain_forged_with_its_leaves_fails_at_the_checkpoints(entries):
    """The most an insider can do without the log's key: rewrite entries, heads and tree consistently."""
    last = Entry.objects.filter(chain="system").order_by("seq").last()
    forged = forgery(last)
    tamper("UPDATE audit_entry SET body = %s, hash = %s WHERE id = %s", forged.body, forged.hash, last.id)
    tamper("UPDATE audit_chain SET hash = %s WHERE name = 'system'", forged.hash)
    tamper("UPDATE audit_node SET hash = %s WHERE entry_id = %s", leaf_hash(forged.hash), last.id)
    assert {fault.code for fault in verification.verify().faults} >= {"checkpoint"}


def test_a_deleted_entry_is_named(entries):
    victim = entries[4]
    tamper("DELETE FROM audit_entry WHERE id = %s", victim.id)
    assert faults() == {("missing", victim.chain, victim.seq, None), ("lost", "", None, victim.id)}


def test_a_deleted_chain_is_named_entry_by_entry(entries):
    tamper("DELETE FROM audit_entry WHERE chain = 'officer:1'")
    assert {(code, chain, seq) for code, chain, seq, _id in faults() if code == "missing"} == {
        ("missing", "officer:1", seq) for seq in range(1, 5)
    }


def test_exchanged_entries_are_named(entries):
    first, other = entries[1], entries[4]
    tamper("UPDATE audit_entry SET seq = -seq WHERE id IN (%s, %s)", first.id, other.id)
    tamper("UPDATE audit_entry SET seq = %s WHERE id = %s", other.seq, first.id)
    tamper("UPDATE audit_entry SET seq = %s WHERE id = %s", first.seq, other.id)
    named = {row for code, _chain, _seq, row in faults() if code == "altered"}
    assert named == {first.id, other.id}


def test_a_cut_tail_of_a_chain_is_named(entries):
    tail = entries[12]
    tamper("DELETE FROM audit_entry WHERE id = %s", tail.id)
    assert faults() == {("missing", tail.chain, tail.seq, None)}


def test_a_cut_tail_with_its_head_and_tree_is_proven_by_the_checkpoints_outside(entries):
    tamper("DELETE FROM audit_checkpoint WHERE size > 7")
    tamper("DELETE FROM audit_node WHERE (position + 1) << level > 7")
    tamper("DELETE FROM audit_entry WHERE id > %s", entries[6].id)
    tamper(
        "UPDATE audit_chain SET (seq, hash) = "
        "(SELECT seq, hash FROM audit_entry WHERE chain = name ORDER BY seq DESC LIMIT 1)"
    )
    result = verification.verify()
    assert [fault.code for fault in result.faults] == ["truncated"]
    assert result.faults[0].params["size"] == 12


def test_a_head_that_was_set_back_is_named(entries):
    tamper("UPDATE audit_chain SET seq = 1, hash = prev WHERE name = 'officer:1'")
    assert {(code, chain) for code, chain, _seq, _id in faults()} == {("head", "officer:1")}


def test_an_entry_that_was_kept_out_of_the_tree_is_named(entries):
    tamper("UPDATE audit_entry SET xid = '1' WHERE id = %s", entries[12].id)
    assert faults() == {("unsequenced", "case:2", entries[12].seq, entries[12].id)}


def test_a_wrong_or_missing_node_is_named(entries):
    tamper("UPDATE audit_node SET hash = sha256(hash) WHERE level = 1 AND position = 2")
    tamper("DELETE FROM audit_node WHERE level = 2 AND position = 0")
    named = {(fault.code, *fault.params.values()) for fault in verification.verify().faults}
    assert named == {("node", 1, 2), ("node", 2, 0)}


def test_a_missing_leaf_is_found(entries):
    victim = Node.objects.get(level=0, position=9)
    tamper("DELETE FROM audit_node WHERE level = 0 AND position = 9")
    assert {"unsequenced", "truncated"} <= {code for code, *_rest in faults()}
    assert victim.entry_id in {row for *_rest, row in faults()}


def test_a_checkpoint_of_another_key_is_named(entries, settings):
    settings.LOG_KEY_FILE.unlink()
    settings.LOG_KEY_FILE.touch(0o600)
    settings.LOG_KEY_FILE.write_text(str(Signer.generate("ecase-demo/audit")))
    keys.make()
    assert {fault.code for fault in verification.verify().faults} == {"signature"}


def test_a_changed_checkpoint_is_named(entries):
    tamper("UPDATE audit_checkpoint SET root = sha256(root) WHERE size = 7")
    assert [fault.params["source"] for fault in verification.verify().faults] == ["audit_checkpoint 7"]


def test_a_spoiled_checkpoint_file_is_named(entries):
    path = next(checkpoints.folder().glob("*.checkpoints"))
    path.write_text(path.read_text().replace("\n7\n", "\n8\n"))
    assert [fault.params["source"] for fault in verification.verify().faults] == [path.name]


# -- the command --------------------------------------------------------------------------------------------------


def audit(*arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command("audit", *arguments, stdout=out, stderr=err)
    except CommandError as fault:
        return fault.returncode, err.getvalue()
    return 0, out.getvalue()


def test_the_command_says_that_the_log_stands(entries):
    code, text = audit("verify")
    assert code == 0
    assert "13" in text


def test_the_command_names_chain_number_and_row(entries):
    victim = entries[4]
    tamper("UPDATE audit_entry SET body = set_byte(body, 20, 0) WHERE id = %s", victim.id)
    code, text = audit("verify")
    assert code == 1
    assert f"chain=officer:1 seq=2 id={victim.id}:" in text


def test_the_command_proves_an_entry(entries, log):
    code, text = audit("proof", str(entries[0].id))
    assert (code, text.splitlines()[0]) == (0, "c2sp.org/tlog-proof@v1")
    assert audit("checkpoint")[1] in text


def test_the_command_says_what_cannot_be_proven_yet(entries):
    assert audit("proof", str(entries[12].id))[0] == 1
    assert audit("proof", "999999")[0] == 1


def test_the_command_takes_in(entries):
    end = time.monotonic() + PATIENCE
    while "1" not in audit("sequence")[1]:
        assert time.monotonic() < end, "the entry never got into the tree"
        time.sleep(0.2)
    assert sequencer.run_once() == 0
    assert audit("proof", str(entries[12].id))[0] == 0


# -- O-F19: what nobody outside has seen ------------------------------------------------------------------------------


def verified(*arguments):
    out = StringIO()
    with translation.override("en"):
        call_command("audit", "verify", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize("is_gone", [True, False])
def test_without_checkpoints_outside_it_does_not_say_that_the_log_stands(entries, is_gone):
    for path in checkpoints.folder().iterdir():
        path.unlink()
    if is_gone:
        checkpoints.folder().rmdir()
    with pytest.raises(CommandError, match=r"to compare 13 entries with"):
        verified()
    assert "The log stands" in verified("--without-checkpoints")


def test_an_empty_log_needs_no_witness(log):
    assert "The log stands" in verified()


def test_a_cut_tail_with_the_folder_gone_does_not_pass(entries):
    tamper("DELETE FROM audit_checkpoint WHERE size > 7")
    tamper("DELETE FROM audit_node WHERE (position + 1) << level > 7")
    tamper("DELETE FROM audit_entry WHERE id > %s", entries[6].id)
    tamper(
        "UPDATE audit_chain SET (seq, hash) = "
        "(SELECT seq, hash FROM audit_entry WHERE chain = name ORDER BY seq DESC LIMIT 1)"
    )
    for path in checkpoints.folder().iterdir():
        path.unlink()
    with pytest.raises(CommandError, match="may have been cut"):
        verified()


def test_a_checkpoint_deleted_in_the_database_alone_is_named(entries):
    tamper("DELETE FROM audit_checkpoint WHERE size = 7")
    assert [(fault.code, fault.params["size"]) for fault in verification.verify().faults] == [("unstored", 7)]


@pytest.mark.parametrize(("position", "xid"), [(0, 2**40), (5, 2**40), (11, 2**40), (8, 3), (11, 3)])
def test_an_edited_transaction_id_is_named(entries, position, xid):
    victim = entries[position]
    tamper("UPDATE audit_entry SET xid = %s::text::xid8 WHERE id = %s", str(xid), victim.id)
    assert ("order", victim.chain, victim.seq, victim.id) in faults()


def test_a_transaction_id_among_those_of_its_neighbours_is_named(entries):
    """Not a future id, but that of a later entry."""
    victim, later = entries[3], entries[9]
    tamper(
        "UPDATE audit_entry SET xid = (SELECT xid FROM audit_entry WHERE id = %s) WHERE id = %s", later.id, victim.id
    )
    assert {row[3] for row in faults() if row[0] == "order"} == {victim.id}


def test_times_that_run_against_the_order_are_named_and_are_no_fault(log):
    """O-F12: a clock that was three days ahead and was set back."""
    ahead = timezone.now() + timedelta(days=3)
    with time_machine.travel(ahead):
        append()
    sequencer.settle(PATIENCE)
    back = append()
    append()
    sequencer.settle(PATIENCE)
    result = verification.verify()
    assert result.ok
    assert [(note.code, note.id) for note in result.notes] == [("clock", back.id)]


def test_a_head_far_ahead_is_named_without_counting_to_it(entries):
    tamper("UPDATE audit_chain SET seq = 1000000000000 WHERE name = 'officer:1'")
    named = [row for row in faults() if row[:2] == ("missing", "officer:1")]
    assert len(named) == verification.MOST_MISSING
