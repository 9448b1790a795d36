"""``demo``: everything of ecase in one terminal, with a fictional court, until Ctrl-C."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from ecase.console import AlreadyReported, LaunchError, say, timed
from ecase.embedded import ports, servers
from ecase.embedded.folder import Paths
from ecase.embedded.locks import Lock
from ecase.embedded.postgres import last_words
from ecase.embedded.process import Child, Program, dies_with_parent, keep_old_log
from ecase.embedded.reaper import Reaper
from ecase.embedded.supervisor import Supervisor

HTTP_PORT, SIGNER_PORT = 8000, 13580  # the signer takes two: its socket, and its page one above
READY_WITHIN = 60.0  # seconds for the web server to answer
# What a reset deletes under the data folder, in addition to PostgreSQL's data.
DEMO_DATA = ("demo-pki", "media", "checkpoints", "log-key")


@dataclass(frozen=True)
class Stage:
    """One start of the demo: folders, environment of the programs, ports."""

    paths: Paths
    env: Mapping[str, str]
    http: ports.Reservation
    signer: ports.Reservation

    @property
    def url(self) -> str:
        return self.env["ECASE_PUBLIC_URL"]


def demo(paths: Paths, *, reset: bool) -> int:
    """Start everything, print the address and the officers, watch until interrupted. Returns an exit code."""
    if os.environ.get("ECASE_MODE", "demo") != "demo":
        raise LaunchError("The demo runs with ECASE_MODE=demo only: its keys are worth nothing.")
    paths.prepare()
    lock = Lock(paths.state_dir / "demo.lock")
    if not lock.take():
        facts = lock.read()
        where = facts.get("url", "not ready yet")
        raise LaunchError(f"It is running already in {paths.base_dir}: process {facts.get('pid')}, {where}.")
    lock.write({})
    if reset:
        _reset(paths)
    reaper = Reaper()
    try:
        return _with_servers(paths, lock, reaper)
    finally:
        reaper.dismiss()
        lock.release()


def _reset(paths: Paths) -> None:
    if "DATABASE_URL" not in servers.missing(os.environ):
        raise LaunchError(
            "RESET=1 empties the embedded database only: unset DATABASE_URL, or empty your server yourself."
        )
    locks = servers.Locks.of(paths)
    if not locks.servers.take():
        raise LaunchError(f"Process {locks.servers.read().get('pid')} uses this folder's database: end it, then reset.")
    with timed("throwing the old data away"):
        for path in (paths.data_dir / "pg", *(paths.var_dir / name for name in DEMO_DATA)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    locks.servers.release()


def _with_servers(paths: Paths, lock: Lock, reaper: Reaper) -> int:
    started = time.monotonic()
    say("Starting ecase:")
    with servers.running(paths, reaper, say) as ready:
        stage = _stage(paths, ready.env)
        people = _set_up(stage)
        children: list[Child] = []
        try:
            _start_programs(stage, children, reaper)
            lock.write({"url": stage.url, "signer_url": stage.env["ECASE_SIGNER_URL"], "ready": True})
            _welcome(stage, people, time.monotonic() - started)
            supervisor = Supervisor(reaper, say)
            while True:
                supervisor.round(ready.children)
                supervisor.round(children)
                time.sleep(0.2)
        except KeyboardInterrupt:
            say("\nStopping.")
        finally:
            # All at once, since none needs another to end well; the servers last.
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.stop()
    say("Stopped; nothing is left running. The data is kept for the next start.")
    return 0


def _stage(paths: Paths, server_env: Mapping[str, str]) -> Stage:
    http, signer = ports.reserve(HTTP_PORT), ports.reserve(SIGNER_PORT, in_a_row=2)
    own = {
        "DJANGO_SETTINGS_MODULE": "ecase.settings",
        "ECASE_PUBLIC_URL": f"http://127.0.0.1:{http.port}",
        "ECASE_SIGNER_URL": f"ws://127.0.0.1:{signer.port}",
        "PYTHONUNBUFFERED": "1",
    }
    # The user's settings take precedence, except for the addresses of the embedded servers.
    return Stage(paths, {**own, **os.environ, **server_env}, http, signer)


def _set_up(stage: Stage) -> list[dict[str, str]]:
    """Set up database, keys and files. Returns who can sign in."""
    state = stage.paths.state_dir
    options = ["--demo", str(state / "people.json"), "--log", str(state / "setup.log")]
    # It prints its own progress and, if it fails, its own sentence.
    done = subprocess.run(
        [sys.executable, "-m", "ecase.set_up", *options],
        cwd=stage.paths.base_dir,
        env=dict(stage.env),
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    if done.returncode != 0:
        raise AlreadyReported
    return list(json.loads((state / "people.json").read_text()))


def _programs(stage: Stage) -> list[Program]:
    python = [sys.executable, "-m"]
    signer = ["--keys", str(stage.paths.var_dir / "demo-pki" / "keys"), "--port", str(stage.signer.port)]
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        signer.append("--open")
    web = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(stage.http.port), "--workers", "2"]
    web += ["--no-ws", "--http", "1", "--respawn-failed-workers", "--workers-max-rss", "400", "--workers-kill-timeout"]
    # Gossip and mingle need exclusive queues, which cannot be quorum queues in RabbitMQ.
    celery = [*python, "celery", "-A", "ecase", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    worker = ["--queues", "celery", "--hostname", "main@%h", "--pool", "prefork", "--concurrency", "2"]
    hooks = ["--queues", "webhooks", "--hostname", "webhooks@%h", "--pool", "threads", "--concurrency", "8"]
    beat = ["--beat", "--schedule", str(stage.paths.state_dir / "beat")]
    commands = (
        ("web server", "web", [*python, *web, "5", "ecase.asgi:application"]),
        ("Celery worker", "worker", [*celery, *worker, *beat]),
        ("webhook worker", "webhooks", [*celery, *hooks]),
        ("watch", "watch", [sys.executable, "manage.py", "watch"]),
        ("demo signer", "signer", [*python, "signatures.demo.signer", *signer]),
    )
    logs, base_dir = stage.paths.state_dir, stage.paths.base_dir
    return [Program(name, command, stage.env, logs / f"{log}.log", base_dir) for name, log, command in commands]


def _start_programs(stage: Stage, children: list[Child], reaper: Reaper) -> None:
    with timed("starting web server, worker, watch, signer"):
        for program in _programs(stage):
            keep_old_log(program.log)
            children.append(Child(program, reaper))
        end = time.monotonic() + READY_WITHIN
        while not (_web_answers(stage) and ports.is_listening(stage.signer.port)):
            fallen = [child.program for child in children if child.exit_status() is not None]
            if fallen:
                raise LaunchError(f"The {fallen[0].name} did not start: {last_words(fallen[0].log)}")
            if time.monotonic() > end:
                raise LaunchError(f"The web server did not answer: see {stage.paths.state_dir}/*.log.")
            time.sleep(0.1)


def _web_answers(stage: Stage) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stage.http.port}/", timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500  # noqa: PLR2004
    except OSError:
        return False


def _welcome(stage: Stage, people: list[dict[str, str]], seconds: float) -> None:
    say(f"\necase is ready after {seconds:.0f} s. Click here:\n")
    say(f"  {stage.url:<28} the service")
    say(f"  {f'http://127.0.0.1:{stage.signer.port + 1}':<28} the demo signer: confirm here what you sign there")
    say("\nand sign in as one of these:\n")
    for person in people:
        say(f"    {person['role'].replace('_', ' '):<14} {person['name']:<36} {person['organisation']}")
    say(f"\nLogs are in {stage.paths.state_dir}. Ctrl-C stops everything; the data is kept.")
