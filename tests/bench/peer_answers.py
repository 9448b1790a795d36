"""``python -m tests.bench.peer_answers FOLDER``: fill the peer's empty database, ask it, write answers.json there.

A program of its own: a process has one set of Django's settings.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from bench.peer import seed  # sets Django up

# isort: split
from auditlog.models import LogEntry
from django.test import Client
from django_fsm_log.models import StateLog

from bench.peer.models import Deadline, Motion, Notification, Register

MOTIONS, ACTS = 45, 4


def answers(plan: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Statuses and rows, by what was asked."""
    client, page = Client(), plan["queue"][0]
    withdrawal, other = plan["withdrawal"][:2]
    search = plan["search"][0]
    return {
        "wrong token": get(client, page["path"], "0" * 40).status_code,
        "pages": pages(client, page),
        "filtered": get(client, f"{page['path']}?state=assigned&limit=100", page["token"]).json()["results"],
        "another act's signature": post(client, withdrawal, body=other["body"]),
        "a changed byte": post(client, withdrawal, body={"cms": changed(withdrawal["body"]["cms"])}),
        "another officer": post(client, withdrawal, token=other["token"]),
        "not a signature": post(client, withdrawal, body={"cms": "bm90aGluZw=="}),
        "rows before": rows(),
        "withdrawal": post(client, withdrawal),
        "twice": post(client, withdrawal),
        "rows of a withdrawal": rows(),
        "search": post(client, search),
        "rows of both": rows(),
        "actors": list(LogEntry.objects.values_list("actor__iin", flat=True).order_by("actor").distinct()),
        "numbers": list(Motion.objects.filter(number__startswith="c").values_list("number", "state", "judge__iin")),
    }


def get(client: Client, path: str, token: str) -> Any:
    return client.get(path, headers={"authorization": f"Token {token}"})


def post(client: Client, request: dict[str, Any], **changes: Any) -> int:
    """The status of the request with some of its parts replaced."""
    sent = {**request, **changes}
    headers = {"authorization": f"Token {sent['token']}"}
    return client.post(sent["path"], sent["body"], content_type="application/json", headers=headers).status_code


def changed(cms: str) -> str:
    """The signature with its last bit inverted."""
    raw = bytearray(base64.b64decode(cms))
    raw[-1] ^= 1
    return base64.b64encode(bytes(raw)).decode()


def pages(client: Client, request: dict[str, Any]) -> list[int]:
    """The lengths of all pages of the queue."""
    found, path = [], request["path"]
    while path:
        page = get(client, path, request["token"]).json()
        found.append(len(page["results"]))
        path = page["next"]
    return found


def rows() -> dict[str, int]:
    """Rows of logs and of what follows from an act."""
    counted = {model.__name__: model.objects.count() for model in (StateLog, LogEntry, Notification, Register)}
    return {**counted, "void": Deadline.objects.filter(state="void").count(), "due": Deadline.objects.count()}


def main(folder: Path) -> None:
    seed.main(MOTIONS, ACTS, folder / "plan.json")
    LogEntry.objects.all().delete()  # those of the seed
    found = answers(json.loads((folder / "plan.json").read_text()))
    (folder / "answers.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
