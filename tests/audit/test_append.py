"""Appending: one statement, exact bytes, chains that never fork, rows that never change."""

import hashlib
import threading
from datetime import UTC
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from ecase.audit import services
from ecase.audit.models import Chain, Checkpoint, Entry, Node
from tests.audit.conftest import ACTOR, append, body, fill


def test_an_entry_says_what_happened_to_what_by_whom_and_when(db, case_chain):
    data = {"type": "motion"}
    entry = services.append("act.performed", chain=case_chain, actor=ACTOR, subject={"act": "a1"}, data=data)
    stored = Entry.objects.get(pk=entry.pk)
    at = stored.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert body(stored) == {
        "event": "act.performed",
        "chain": case_chain,
        "at": at,
        "actor": ACTOR,
        "subject": {"act": "a1"},
        "data": {"type": "motion"},
    }
    assert (stored.event, stored.record) == ("act.performed", entry.record)


def test_the_returned_entry_is_the_stored_one(db):
    entry = append()
    stored = Entry.objects.get(pk=entry.pk)
    for name in ("chain", "seq", "at", "xid"):
        assert getattr(entry, name) == getattr(stored, name)
    for name in ("body", "prev", "hash"):
        assert bytes(getattr(entry, name)) == bytes(getattr(stored, name))


def test_the_service_itself_may_act(db):
    assert body(services.append("deadline.missed", chain="system", actor={"service": "demo"}, subject={}))["actor"] == {
        "service": "demo"
    }


def test_each_entry_continues_the_one_before_it(db, case_chain):
    first, second, third = (append(case_chain, number=number) for number in range(3))
    assert [entry.seq for entry in (first, second, third)] == [1, 2, 3]
    assert (bytes(first.prev), bytes(second.prev), bytes(third.prev)) == (bytes(32), first.hash, second.hash)
    label = len(case_chain).to_bytes(2, "big") + case_chain.encode()
    preimage = bytes(second.prev) + label + (2).to_bytes(8, "big") + bytes(second.body)
    assert bytes(second.hash) == hashlib.sha256(preimage).digest()
    head = Chain.objects.get(pk=case_chain)
    assert (head.seq, bytes(head.hash)) == (3, bytes(third.hash))


def test_chains_do_not_touch(db, case_chain):
    append(case_chain)
    assert append("system").seq == 1


def test_appending_takes_one_statement(db, case_chain):
    append(case_chain)
    with CaptureQueriesContext(connection) as queries:
        append(case_chain)
        append("officer:1")
    assert len(queries) == 2


def test_an_entry_falls_with_its_transaction(log, case_chain):
    with transaction.atomic():
        append(case_chain)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert append(case_chain).seq == 1


@pytest.mark.parametrize("event", ["", "performed", "act performed", "act.", "Act.performed", "act.performed\n"])
def test_an_event_has_a_proper_name(db, event):
    with pytest.raises(ValueError, match="event"):
        append(event=event)


@pytest.mark.parametrize("chain", ["", "case:", "case:a b", "x" * 61, "system\n", "case:é"])
def test_a_chain_has_a_proper_name(db, chain):
    with pytest.raises(ValueError, match="chain"):
        append(chain)


@pytest.mark.parametrize("data", [{"share": 0.5}, {"at": object()}, {"number": 2**60}])
def test_what_has_no_canonical_form_is_not_logged(db, data):
    with pytest.raises(ValueError, match=r"."):
        append(**data)


def test_nobody_is_not_an_actor(db):
    with pytest.raises(ValueError, match="who acted"):
        services.append("act.performed", chain="system", actor={}, subject={})


@pytest.mark.parametrize("model", [Entry, Node, Checkpoint])
def test_rows_never_change_or_go(log, model):
    fill(3, "system")
    table, column = model._meta.db_table, "hash" if model is not Checkpoint else "root"
    for statement in (f"UPDATE {table} SET {column} = ''", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert model.objects.count() == {Entry: 3, Node: 4, Checkpoint: 1}[model]


def test_sixteen_at_once_make_one_chain(log, case_chain):
    """Concurrent appends make no fork and no gap and lose nothing, also at the start of a chain."""
    each, start, failures = 20, threading.Barrier(16), []

    def work():
        try:
            start.wait()
            for number in range(each):
                with transaction.atomic():
                    append(case_chain, number=number)
        except Exception as fault:  # noqa: BLE001 - shown by the assertion below
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = list(Entry.objects.filter(chain=case_chain).order_by("seq"))
    assert not failures
    assert [entry.seq for entry in entries] == list(range(1, 16 * each + 1))
    assert all(bytes(later.prev) == bytes(earlier.hash) for earlier, later in pairwise(entries))
