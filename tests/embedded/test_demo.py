"""All of ecase in one terminal: start, second start, fall, stop, start again."""

import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecase.embedded.locks import Lock
from tests.embedded.launchers import Launcher, Process, Site, wait_for


def wrong(tmp_path: Path, **env: str) -> str:
    """What the demo says, in one sentence, to a wrong environment."""
    done = Site(var_dir=tmp_path / "var", env=env).launch("demo")
    assert done.returncode == 1
    [sentence] = done.stderr.strip().splitlines()
    return sentence


def test_second_start_says_that_one_is_running(site: Site) -> None:
    folder = Path(site.ask("place.state_dir"))
    folder.mkdir(parents=True)
    lock = Lock(folder / "demo.lock")
    lock.take()
    lock.write({"url": "http://127.0.0.1:8123"})
    done = site.launch("demo")
    lock.release()
    assert done.returncode == 1
    assert done.stderr == (
        f"ecase: It is running already in {site.base_dir}: process {os.getpid()}, http://127.0.0.1:8123.\n"
    )


def test_demo_is_no_production(tmp_path: Path) -> None:
    assert "ECASE_MODE=demo only" in wrong(tmp_path, ECASE_MODE="production")


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"DATABASE_URL": "mysql://db/ecase"}, "ecase runs on PostgreSQL only"),
        ({"DATABASE_URL": "postgres://127.0.0.1:1/ecase"}, "Connection refused"),
        ({"BROKER_URL": "sqs://queue"}, "other brokers lose tasks"),
        ({"BROKER_URL": "redis://127.0.0.1:1/0"}, "Connection refused"),
        ({"ECASE_UPLOAD_MAX_MB": "much"}, "ECASE_UPLOAD_MAX_MB"),
    ],
)
def test_wrong_value_stops_at_once_with_one_sentence(site: Site, env: dict[str, str], sentence: str) -> None:
    done = Site(site.var_dir, env=env).launch("demo")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert sentence in done.stderr


def test_reset_never_empties_a_configured_server(site: Site) -> None:
    done = Site(site.var_dir, env={"DATABASE_URL": "postgres://127.0.0.1:1/ecase"}).launch("demo", "--reset")
    assert "empties the embedded database only" in done.stderr


def test_reset_waits_for_nobody(site: Site, launchers: list[Launcher]) -> None:
    user = Launcher(site, ["run", "--", "sh", "-c", "echo ready; exec sleep 600"])
    launchers.append(user)
    user.lines_until("ready")
    done = site.launch("demo", "--reset")
    assert f"Process {user.pid} uses this folder's database" in done.stderr


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A data folder that the first start fills, and later ones find filled."""
    site = Site(var_dir=tmp_path_factory.mktemp("demo") / "var")
    yield site
    site.sweep()


@pytest.fixture
def demo(installation: Site) -> Iterator[Launcher]:
    launcher = Launcher(installation, ["demo"])
    yield launcher
    launcher.end()


def child(launcher: Launcher, word: str) -> Process:
    """The process directly below the launcher with ``word`` in its command line."""
    [found] = [
        process for process in launcher.family() if process.parent() == launcher.pid and word in process.command()
    ]
    return found


@pytest.mark.slow
def test_life_of_a_demo(installation: Site, demo: Launcher) -> None:
    lines = demo.lines_until("Logs are in")
    url = next(line.split()[0] for line in lines if line.endswith("the service"))
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.status == 200
    assert any(line.startswith("judge") for line in lines)
    assert url in installation.launch("demo").stderr

    fallen = child(demo, "granian")
    os.kill(fallen.pid, signal.SIGKILL)
    demo.lines_until("web server was started again.")
    wait_for(lambda: answers(url))

    family = demo.family()
    demo.send(signal.SIGINT)
    assert "nothing is left running" in demo.finish()[1]
    assert not any(process.runs() for process in family)


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=30).status == 200
    except OSError:
        return False


@pytest.mark.slow
def test_killed_demo_leaves_nothing_and_its_data_is_there_again(installation: Site, launchers: list[Launcher]) -> None:
    first = Launcher(installation, ["demo"])
    launchers.append(first)
    first.lines_until("Logs are in")
    family = first.family()
    first.send(signal.SIGKILL)
    wait_for(lambda: not any(process.runs() for process in family))

    key = (installation.var_dir / "demo-pki" / "ca.pem").read_bytes()
    second = Launcher(installation, ["demo"])
    launchers.append(second)
    second.lines_until("Logs are in")
    assert (installation.var_dir / "demo-pki" / "ca.pem").read_bytes() == key
    second.send(signal.SIGINT)
    assert second.finish()[0] == 0


def test_reset_throws_everything_away(site: Site) -> None:
    """The broker is out of reach, so that the start ends right after the reset."""
    site.launch("run", "--", "true")
    cluster = Path(site.ask("place.data_dir / 'pg'"))
    (cluster / "old").touch()
    for name in ("demo-pki", "media", "checkpoints"):
        (site.var_dir / name).mkdir()
        (site.var_dir / name / "file").touch()
    (site.var_dir / "log-key").touch()
    Site(site.var_dir, env={"BROKER_URL": "redis://127.0.0.1:1/0"}).launch("demo", "--reset")
    assert cluster.exists()
    assert not (cluster / "old").exists()
    assert {path.name for path in site.var_dir.iterdir()} == {"embedded"}
