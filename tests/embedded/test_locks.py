"""Locks between launchers."""

import subprocess
import sys
from pathlib import Path

import pytest

from ecase.embedded.locks import Lock

HOLD = """
import sys
from ecase.embedded.locks import Lock
lock = Lock(sys.argv[1])
print(lock.take(), flush=True)
input()
"""


def test_only_one_holds_it_exclusively(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first, second = Lock(path), Lock(path)
    assert first.take()
    assert not second.take()
    assert not second.take(shared=True)
    assert second.is_held()
    first.release()
    assert not second.is_held()
    assert second.take()
    second.release()


def test_many_share_it(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first, second, third = Lock(path), Lock(path), Lock(path)
    assert first.take(shared=True)
    assert second.take(shared=True)
    assert not third.take()
    first.release()
    second.release()
    assert third.take()
    third.release()


def test_it_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=-1, stdout=-1, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    assert Lock(path).is_held()
    holder.kill()
    holder.communicate()
    assert not Lock(path).is_held()


def test_holder_says_who_it_is(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "a.lock")
    assert lock.read() == {}
    lock.take()
    lock.write({"url": "http://127.0.0.1:8000", "much": "x" * 100})
    lock.write({"url": "http://127.0.0.1:8001"})
    facts = Lock(lock.path).read()
    assert facts["url"] == "http://127.0.0.1:8001"
    assert facts["pid"] > 0
    lock.release()


def test_half_written_facts_are_no_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_text('{"pid": 1')
    assert Lock(path).read() == {}


def test_writing_without_the_lock_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not locked"):
        Lock(tmp_path / "a.lock").write({})
