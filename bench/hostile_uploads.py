"""``python -m bench.hostile_uploads``: a hundred hostile uploads at once, and how they slow down another user.

Starts a server (``python -m ecase.embedded run -- ...`` gives it a database) and requests a page repeatedly, first
while idle, then while hostile containers come in from as many addresses. Prints each figure next to its limit. Exit
code 1: one exceeds it. ``--tree`` starts the server of another checkout, to compare two versions; ``--uploads`` sends
fewer.
"""

import argparse
import contextlib
import http.client
import io
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from signatures import canonical, container
from signatures.container import SignedAct, archive, strict_zip
from signatures.demo import pki as demo_pki
from tests.signatures.acts import statement
from tests.signatures.gost_makers import GostPki

ROOT = Path(__file__).resolve().parents[1]
PORT, WORKERS, THREADS = 8099, 2, 4
SAMPLES, PAUSE = 40, 0.05
WAIT_SECONDS, TICK = 120, 0.05
MOST_RATIO, MOST_PROCESS_MB, MOST_GROWTH_MB = 2.0, 300, 20
MIB = 1024 * 1024


def packed(entries: dict[str, bytes]) -> bytes:
    """A ZIP archive made by other software."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def slow_acts(count: int, size: int) -> bytes:
    """Acts of that size with GOST signatures by the sender's own certificate."""
    pki, made = GostPki("2015-512"), list[SignedAct]()
    for position in range(1, count + 1):
        padding = "".join(f"{number:06d} " for number in range(size // 7))
        stated = statement(position, "motion", made[-1] if made else None, payload={"reasons": padding})
        body = canonical.canonical(stated)
        made.append(SignedAct(body, pki.person().sign(body)))
    entries = [strict_zip.Entry(archive.PROTOCOL, container.asics.write(made[-1].act_json, made[-1].cms))]
    for act in made:
        entries += archive._act_entries(act)  # noqa: SLF001 - without the writer's own limits
    return strict_zip.write([*entries, archive._manifest(entries)])  # noqa: SLF001


def compressible(megabytes: int) -> bytes:
    """Data that compresses about 180 to 1, just below a ratio that was once refused."""
    block = 16 * 1024
    return b"".join(os.urandom(72) + bytes(block - 72) for _ in range(megabytes * MIB // block))


def kinds() -> dict[str, bytes]:
    """The hostile inputs by name."""
    return {
        "a manifest of empty objects, 24 MB": packed({"manifest.json": b'{"entries":[' + b"{}," * (8 * MIB) + b"{}]}"}),
        "one entry of 500 MB": packed({"manifest.json": b"{}", "files/a": compressible(500)}),
        "20 acts of 240 kB, GOST": slow_acts(20, 240_000),
        "4 acts of 240 kB, GOST": slow_acts(4, 240_000),
    }


@dataclass
class Watched:
    """Memory of the server's worker processes, and of the processes that they start to verify, in megabytes."""

    master: int
    workers: dict[int, float] = field(default_factory=dict)
    first: dict[int, float] = field(default_factory=dict)
    verifying: float = 0.0

    def go_on_looking(self, ended: threading.Event) -> None:
        """Take samples until ``ended`` is set."""
        while not ended.wait(TICK):
            self.look()

    def look(self) -> None:
        """Take one sample."""
        for pid, command, megabytes in descendants(self.master):
            if "signatures.cli.sandbox" in command:
                self.verifying = max(self.verifying, megabytes)
            else:
                self.first.setdefault(pid, megabytes)
                self.workers[pid] = max(self.workers.get(pid, 0.0), megabytes)

    @property
    def growth(self) -> float:
        """Growth of the worker that grew most."""
        return max((most - self.first[pid] for pid, most in self.workers.items()), default=0.0)


def descendants(master: int) -> Iterator[tuple[int, str, float]]:
    """Process id, command and resident memory in megabytes of a process and all its descendants."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss=,args="], check=True, capture_output=True, text=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines() if len(line.split(None, 3)) == 4]
    known = {master}
    for pid, parent, memory, command in sorted(rows, key=lambda row: int(row[0])):
        if int(parent) in known or int(pid) == master:
            known.add(int(pid))
            yield int(pid), command, int(memory) / 1024


@contextlib.contextmanager
def serving(tree: Path, var: Path) -> Iterator[int]:
    """Run the server of a checkout; yields its process id."""
    settings = {"ECASE_VAR": str(var), "ECASE_PROXIES": "1", "ALLOWED_HOSTS": "*", "PYTHONPATH": str(tree)}
    # Static files are served from their source folders; nothing is collected for a server that lives for a minute.
    environment = {**os.environ, **settings, "DJANGO_SETTINGS_MODULE": "ecase.settings", "DEBUG": "1"}
    demo_pki.make(var / "demo-pki")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=tree, env=environment, check=True)
    run = [sys.executable, "-m", "granian", "--interface", "wsgi", "ecase.wsgi:application", "--port", str(PORT)]
    command = [*run, "--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    with (var / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tree, env=environment, stdout=log, stderr=log)
        try:
            answered(lambda: get("/verify/"), process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(WAIT_SECONDS)


def answered(ask: Callable[[], object], process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            ask()
            return
        time.sleep(PAUSE)
    raise SystemExit("the server did not start")


def get(path: str) -> float:
    """Time to fetch a page, in seconds."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=WAIT_SECONDS)
    connection.request("GET", path)
    connection.getresponse().read()
    connection.close()
    return time.perf_counter() - begun


def post(data: bytes, address: str) -> int:
    """Upload a container from an address; returns the status."""
    boundary = "hostile"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'.encode()
    body = head + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "X-Forwarded-For": address}
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=WAIT_SECONDS)
    try:
        connection.request("POST", "/api/v1/verify/", body, headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def attack(inputs: list[bytes], count: int) -> tuple[list[threading.Thread], Counter[int]]:
    """Send all uploads at once, each from an address of its own; counts the statuses of the answers."""
    statuses: Counter[int] = Counter()

    def one(number: int) -> None:
        statuses[post(inputs[number % len(inputs)], f"203.0.{number // 250}.{number % 250}")] += 1

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads, statuses


def measure(tree: Path, count: int) -> dict[str, float]:
    """The figures of one checkout."""
    inputs = list(kinds().values())
    with tempfile.TemporaryDirectory() as var, serving(tree, Path(var)) as master:
        watched = Watched(master)
        for _ in range(SAMPLES):
            get("/verify/")
        quiet = [get("/verify/") for _ in range(SAMPLES)]
        watched.look()
        ended = threading.Event()
        sampler = threading.Thread(target=watched.go_on_looking, args=(ended,), daemon=True)
        sampler.start()
        begun = time.perf_counter()
        threads, statuses = attack(inputs, count)
        during: list[float] = []
        while any(thread.is_alive() for thread in threads) or len(during) < SAMPLES:
            during.append(get("/verify/"))
            time.sleep(TICK)
        spent = time.perf_counter() - begun
        ended.set()
        sampler.join()
    print(f"{tree.name}: statuses {dict(statuses)}, all answered after {spent:.1f} s, {len(during)} pages meanwhile")
    return {
        "quiet page, median ms": statistics.median(quiet) * 1000,
        "page during, median ms": statistics.median(during) * 1000,
        "page during, slowest ms": max(during) * 1000,
        "ratio of medians": statistics.median(during) / statistics.median(quiet),
        "verifying process, MB": watched.verifying,
        "growth of a worker, MB": watched.growth,
    }


LIMITS = {
    "ratio of medians": MOST_RATIO,
    "verifying process, MB": MOST_PROCESS_MB,
    "growth of a worker, MB": MOST_GROWTH_MB,
}


def main(arguments: list[str] | None = None) -> int:
    """Print each figure next to its limit; exit code 1 if one exceeds it."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile_uploads")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout whose server is started")
    parser.add_argument("--uploads", type=int, default=100)
    options = parser.parse_args(arguments)
    figures = measure(options.tree.resolve(), options.uploads)
    over = [name for name, most in LIMITS.items() if figures[name] > most]
    for name, figure in figures.items():
        limit = f"limit {LIMITS[name]:g}" if name in LIMITS else ""
        print(f"{figure:10.1f}  {name:26} {limit}{'  TOO MUCH' if name in over else ''}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
