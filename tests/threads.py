"""Calls that start at the same moment, each in a thread and a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """What each job returned; ``None`` for one that raised."""
    results: list[Any] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=60)
            results[number] = jobs[number]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results
