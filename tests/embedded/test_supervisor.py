"""Children that fall are started again, ever more patiently; children that will not end are made to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ecase.console import LaunchError
from ecase.embedded import ports
from ecase.embedded.process import Child, Program
from ecase.embedded.reaper import Reaper
from ecase.embedded.supervisor import LONGEST_PAUSE, Supervisor
from tests.embedded.launchers import BASE_DIR, wait_for


@pytest.fixture
def reaper() -> Iterator[Reaper]:
    reaper = Reaper()
    yield reaper
    reaper.dismiss()


def shell(script: str, folder: Path, grace: float = 0.5) -> Program:
    return Program("thing", ["sh", "-c", script], os.environ, folder / "thing.log", folder, grace=grace)


def group_runs(group: int) -> bool:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            facts = path.read_text().rpartition(") ")[2].split()
            if int(facts[2]) == group and facts[0] != "Z":
                return True
    return False


def test_fallen_child_is_started_again_after_a_pause(tmp_path: Path, reaper: Reaper) -> None:
    said: list[str] = []
    children = [Child(shell("echo started; exit 3", tmp_path), reaper)]
    first, supervisor = children[0], Supervisor(reaper, said.append)
    wait_for(lambda: first.exit_status() is not None)
    supervisor.round(children)
    assert said == [f"thing ended (exit code 3); it is started again in 1 s. See {tmp_path / 'thing.log'}"]
    supervisor.round(children)
    assert children == [first], "not before its time"
    time.sleep(1.05)
    supervisor.round(children)
    assert children != [first]
    assert said[-1] == "thing was started again."
    wait_for_end(children[0])
    children[0].stop()
    assert (tmp_path / "thing.log").read_text() == "started\nstarted\n"


def test_pauses_grow_up_to_a_limit(tmp_path: Path, reaper: Reaper, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    now = [time.monotonic()]
    monkeypatch.setattr("ecase.embedded.supervisor.time.monotonic", lambda: now[0])
    children, supervisor = [Child(shell("kill -9 $$", tmp_path), reaper)], Supervisor(reaper, said.append)
    for _fall in range(7):
        wait_for_end(children[0])
        supervisor.round(children)
        now[0] += LONGEST_PAUSE
        supervisor.round(children)
    children[0].stop()
    pauses = [line.split(" again in ")[1].split(" s.")[0] for line in said if "signal 9" in line]
    assert pauses == ["1", "2", "4", "8", "16", "30", "30"]


def wait_for_end(child: Child) -> None:
    while child.exit_status() is None:
        time.sleep(0.01)


def test_healthy_child_is_left_alone(tmp_path: Path, reaper: Reaper) -> None:
    said: list[str] = []
    children = [Child(shell("exec sleep 600", tmp_path), reaper)]
    Supervisor(reaper, said.append).round(children)
    children[0].stop()
    assert said == []


def test_stop_leaves_nothing_of_a_group_that_refuses(tmp_path: Path, reaper: Reaper) -> None:
    child = Child(
        shell("trap '' TERM; sh -c 'trap \"\" TERM; sleep 600 & wait' & while :; do sleep 1; done", tmp_path), reaper
    )
    time.sleep(0.3)
    child.stop()
    assert child.exit_status() == -signal.SIGKILL
    wait_for(lambda: not group_runs(child.pid))


def test_child_has_no_terminal_and_its_own_session(tmp_path: Path, reaper: Reaper) -> None:
    script = "import os; print(os.getsid(0) == os.getpid(), os.isatty(0))"
    child = Child(Program("thing", [sys.executable, "-c", script], os.environ, tmp_path / "log", tmp_path), reaper)
    wait_for_end(child)
    child.stop()
    assert (tmp_path / "log").read_text() == "True False\n"


def test_first_free_port_passes_over_taken_ones() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ports.is_listening(port)
        assert ports.first_free(port) > port
        assert ports.first_free(port - 1, in_a_row=2) > port


def test_reserved_port_is_passed_over_until_it_is_released() -> None:
    first = ports.reserve(21500, in_a_row=2)
    second = ports.reserve(21500)
    assert second.port not in {first.port, first.port + 1}
    second.release()
    first.release()
    assert ports.first_free(21500) == first.port


def test_no_free_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecase.embedded.ports._is_free", lambda _port: False)
    with pytest.raises(LaunchError, match="No port between 8000 and 8099 is free"):
        ports.first_free(8000)


STARTS_AND_SAYS_NOTHING = """
import signal, subprocess, time
from ecase.embedded.process import dies_with_parent
from ecase.embedded.reaper import Reaper

begin = dies_with_parent(signal.SIGTERM, Reaper())
command = ["sh", "-c", "sleep 600 >&2 & sleep 600 >&2 & echo $$; wait"]
process = subprocess.Popen(command, process_group=0, preexec_fn=begin)
time.sleep(600)
"""


def test_launcher_killed_before_it_knows_of_its_child_leaves_nothing() -> None:
    """The child has told the reaper by itself, so what it has started ends too."""
    launcher = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_SAYS_NOTHING], stdout=subprocess.PIPE, text=True, cwd=BASE_DIR
    )
    assert launcher.stdout is not None
    group = int(launcher.stdout.readline())
    launcher.kill()
    launcher.wait()
    wait_for(lambda: not group_runs(group))
    launcher.stdout.close()
