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
from pathlib import Path

from ecase.console import Told, Trouble, say, timed
from ecase.embedded import ports, servers
from ecase.embedded.folder import Place
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

    place: Place
    env: Mapping[str, str]
    http: ports.Reservation
    signer: ports.Reservation

    @property
    def url(self) -> str:
        return self.env["ECASE_PUBLIC_URL"]


def demo(place: Place, *, reset: bool) -> int:
    """Start everything, print the address and the officers, watch until interrupted. Returns an exit code."""
    if os.environ.get("ECASE_MODE", "demo") != "demo":
        raise Trouble("The demo runs with ECASE_MODE=demo only: its keys are worth nothing.")
    place.prepare()
    lock = Lock(place.state_dir / "demo.lock")
    if not lock.take():
        raise Trouble(_running_already(lock, place))
    lock.write({})
    if reset:
        _reset(place)
    reaper = Reaper()
    try:
        return _with_servers(place, lock, reaper)
    finally:
        reaper.dismiss()
        lock.release()


def _running_already(lock: Lock, place: Place) -> str:
    facts = lock.read()
    where = facts.get("url", "not ready yet")
    return f"It is running already in {place.base_dir}: process {facts.get('pid')}, {where}."


def _reset(place: Place) -> None:
    if "DATABASE_URL" not in servers.missing(os.environ):
        raise Trouble("RESET=1 empties the embedded database only: unset DATABASE_URL, or empty your server yourself.")
    locks = servers.Locks.of(place)
    if not locks.servers.take():
        raise Trouble(f"Process {locks.servers.read().get('pid')} uses this folder's database: end it, then reset.")
    with timed("throwing the old data away"):
        for path in (place.data_dir / "pg", *(place.var_dir / name for name in DEMO_DATA)):
            _remove(path)
    locks.servers.release()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _with_servers(place: Place, lock: Lock, reaper: Reaper) -> int:
    started = time.monotonic()
    say("Starting ecase:")
    with servers.running(place, reaper, say) as ready:
        stage = _stage(place, ready.env)
        people = _set_up(stage)
        children: list[Child] = []
        try:
            _start_programs(stage, children, reaper)
            lock.write({"url": stage.url, "signer_url": stage.env["ECASE_SIGNER_URL"], "ready": True})
            _welcome(stage, people, time.monotonic() - started)
            _watch(ready.children, children, Supervisor(reaper, say))
        except KeyboardInterrupt:
            say("\nStopping.")
        finally:
            _stop(children)
    say("Stopped; nothing is left running. The data is kept for the next start.")
    return 0


def _stage(place: Place, server_env: Mapping[str, str]) -> Stage:
    http, signer = ports.reserve(HTTP_PORT), ports.reserve(SIGNER_PORT, in_a_row=2)
    own = {
        "DJANGO_SETTINGS_MODULE": "ecase.settings",
        "ECASE_PUBLIC_URL": f"http://127.0.0.1:{http.port}",
        "ECASE_SIGNER_URL": f"ws://127.0.0.1:{signer.port}",
        "PYTHONUNBUFFERED": "1",
    }
    # The user's settings take precedence, except for the addresses of the embedded servers.
    return Stage(place, {**own, **os.environ, **server_env}, http, signer)


def _set_up(stage: Stage) -> list[dict[str, str]]:
    """Set up database, keys and files. Returns who can sign in."""
    state = stage.place.state_dir
    options = ["--demo", str(state / "people.json"), "--log", str(state / "setup.log")]
    # It prints its own progress and, if it fails, its own sentence.
    done = subprocess.run(
        [sys.executable, "-m", "ecase.set_up", *options],
        cwd=stage.place.base_dir,
        env=dict(stage.env),
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    if done.returncode != 0:
        raise Told
    return list(json.loads((state / "people.json").read_text()))


def _programs(stage: Stage) -> list[Program]:
    python = [sys.executable, "-m"]
    signer = ["--keys", str(stage.place.var_dir / "demo-pki" / "keys"), "--port", str(stage.signer.port)]
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        signer.append("--open")
    web = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(stage.http.port), "--workers", "2"]
    web += ["--no-ws", "--http", "1", "--respawn-failed-workers", "--workers-kill-timeout"]
    # Gossip and mingle need exclusive queues, which cannot be quorum queues in RabbitMQ.
    celery = [*python, "celery", "-A", "ecase", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    worker = ["--queues", "celery", "--hostname", "main@%h", "--pool", "prefork", "--concurrency", "2"]
    hooks = ["--queues", "webhooks", "--hostname", "webhooks@%h", "--pool", "threads", "--concurrency", "8"]
    beat = ["--beat", "--schedule", str(stage.place.state_dir / "beat")]
    return [
        _program(stage, "web server", "web", [*python, *web, "5", "ecase.asgi:application"]),
        _program(stage, "Celery worker", "worker", [*celery, *worker, *beat]),
        _program(stage, "webhook worker", "webhooks", [*celery, *hooks]),
        _program(stage, "watch", "watch", [sys.executable, "manage.py", "watch"]),
        _program(stage, "demo signer", "signer", [*python, "signatures.demo.signer", *signer]),
    ]


def _program(stage: Stage, name: str, log: str, arguments: list[str]) -> Program:
    return Program(name, arguments, stage.env, stage.place.state_dir / f"{log}.log", stage.place.base_dir)


def _start_programs(stage: Stage, children: list[Child], reaper: Reaper) -> None:
    with timed("starting web server, worker, watch, signer"):
        for program in _programs(stage):
            keep_old_log(program.log)
            children.append(Child(program, reaper))
        end = time.monotonic() + READY_WITHIN
        while not (_web_answers(stage) and ports.answers(stage.signer.port)):
            _refuse_fallen(children)
            if time.monotonic() > end:
                raise Trouble(f"The web server did not answer: see {stage.place.state_dir}/*.log.")
            time.sleep(0.1)


def _web_answers(stage: Stage) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stage.http.port}/", timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500  # noqa: PLR2004
    except OSError:
        return False


def _refuse_fallen(children: list[Child]) -> None:
    for child in children:
        if child.exit_status() is not None:
            raise Trouble(f"The {child.program.name} did not start: {last_words(child.program.log)}")


def _welcome(stage: Stage, people: list[dict[str, str]], seconds: float) -> None:
    say(f"\necase is ready after {seconds:.0f} s. Click here:\n")
    say(f"  {stage.url:<28} the service")
    say(f"  {f'http://127.0.0.1:{stage.signer.port + 1}':<28} the demo signer: confirm here what you sign there")
    say("\nand sign in as one of these:\n")
    for person in people:
        say(f"    {person['role'].replace('_', ' '):<14} {person['name']:<36} {person['organisation']}")
    say(f"\nLogs are in {stage.place.state_dir}. Ctrl-C stops everything; the data is kept.")


def _watch(server_children: list[Child], children: list[Child], supervisor: Supervisor) -> None:
    while True:
        supervisor.round(server_children)
        supervisor.round(children)
        time.sleep(0.2)


def _stop(children: list[Child]) -> None:
    """Stop all programs at once, since none needs another to end well; the servers last."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()
