"""``python -m bench.statements PLAN COUNT``: how many statements a request of each kind sends, as JSON.

Counts the medians of the first ``COUNT`` requests of each kind after a few that fill caches, on the database and with
the settings of the environment. The statements of a transaction's begin and end are counted.
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402

from bench.recording import recorded  # noqa: E402
from bench.sending import send  # noqa: E402
from bench.sides import ACTS  # noqa: E402

WARM = 2


def count(client: Client, request: dict[str, Any]) -> int:
    """The statements of one request, which is answered as it should be."""
    with recorded() as recorder:
        status = send(client, request)
    assert status in (200, 201), status
    return len(recorder.statements)


def main(plan: Path, number: int) -> None:
    """Print the counts by kind of request."""
    given, client = json.loads(plan.read_text()), Client()
    given["queue"] = given["queue"] * (WARM + number)
    found = {}
    for name in ["queue", *(name for name in ACTS if name in given)]:
        counts = [count(client, request) for request in given[name][: WARM + number]]
        found[name] = statistics.median(counts[WARM:])
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
