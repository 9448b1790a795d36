"""The stock peer that the benchmarks compare with does its work: a peer that skips some would look cheap."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bench.servers import BASE, Databases


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    databases, name = Databases.configured(), f"ecase_peer_{os.getpid()}"
    folder = tmp_path_factory.mktemp("peer")
    env = {**os.environ, "DATABASE_URL": databases.address(name), "PEER_PKI": str(folder / "pki")}
    env["DJANGO_SETTINGS_MODULE"] = "bench.peer.settings"
    command = [sys.executable, "-m", "tests.bench.peer_answers", str(folder)]
    databases.create(name)
    try:
        subprocess.run(command, cwd=BASE, env=env, check=True)
        yield json.loads((folder / "answers.json").read_text())
    finally:
        databases.drop(name)


def test_a_token_opens_the_queue_page_by_page(answers: dict[str, Any]) -> None:
    assert answers["wrong token"] == 401
    assert answers["pages"] == [20, 20, 6]  # the queue, and a withdrawal that waits in the same district
    assert {line["state"] for line in answers["filtered"]} == {"assigned"}
    assert all(line["author"]["name"] and line["judge"]["name"] for line in answers["filtered"])


@pytest.mark.parametrize("wrong", ["another act's signature", "a changed byte", "not a signature"])
def test_a_wrong_signature_is_refused(answers: dict[str, Any], wrong: str) -> None:
    assert answers[wrong] == 400
    assert not any(answers["rows before"][name] for name in ("StateLog", "LogEntry", "Notification", "void"))


def test_another_officers_act_is_not_found(answers: dict[str, Any]) -> None:
    assert answers["another officer"] == 404


def test_a_withdrawal_is_performed_once_and_logged(answers: dict[str, Any]) -> None:
    assert (answers["withdrawal"], answers["twice"]) == (201, 400)
    rows = answers["rows of a withdrawal"]
    assert (rows["StateLog"], rows["LogEntry"], rows["Notification"], rows["void"]) == (1, 2, 2, 1)
    assert None not in answers["actors"]


def test_a_search_motion_is_registered_and_assigned_at_once(answers: dict[str, Any]) -> None:
    assert answers["search"] == 201
    before, after = answers["rows of a withdrawal"], answers["rows of both"]
    added = {name: after[name] - before[name] for name in after}
    assert added == {"StateLog": 3, "LogEntry": 6, "Notification": 5, "Register": 1, "void": 0, "due": 2}
    ((number, state, judge),) = answers["numbers"]
    assert number.endswith("-1")
    assert (state, judge is not None) == ("assigned", True)
