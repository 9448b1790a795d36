"""An act as an evidence container: everything that a stranger needs to check it without us."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ecase.audit import sequencer
from ecase.audit import services as audit
from ecase.cases import documents
from ecase.cases.models import Blob
from ecase.problems import Problem, TryLater
from signatures import container as evidence
from signatures.canonical import check
from workflows.motions.models import Act

# How long a download waits for the log to prove the newest entry.
SETTLE_SECONDS = 3
SERVED_AS = "application/vnd.ecase.container+zip"


def container(act: Act) -> bytes:
    """The container of ``act`` with all earlier acts of its motion, its files, report, authorities and log proof.

    Raises ``TryLater`` while a long transaction keeps the log from proving the newest entry.
    """
    acts = list(act.motion.acts.filter(position__lte=act.position).select_related("entry").order_by("position"))
    _settle()
    signed = [evidence.SignedAct(bytes(one.act_json), bytes(one.cms), audit.proof(one.entry)) for one in acts]
    report = json.dumps(act.report, ensure_ascii=False, indent=1).encode()
    extras = {"report.json": report, **dict(_authorities())}
    return evidence.write(
        evidence.Evidence(act=signed[-1], previous=signed[:-1], files=dict(_files(act)), extras=extras)
    )


def _settle() -> None:
    try:
        sequencer.settle(SETTLE_SECONDS)
    except TimeoutError as fault:
        message = _("The log cannot prove the newest entry yet. Download the container again in a minute.")
        raise TryLater(Problem("log-behind", message)) from fault


def file_name(act: Act) -> str:
    """What a downloaded container is called."""
    return f"{act.motion.number or act.motion_id}-{act.position}-{act.type}.zip"


def _files(act: Act) -> Iterator[tuple[str, bytes]]:
    listed = check(bytes(act.act_json))["files"]
    blobs = Blob.objects.in_bulk([file["sha256"] for file in listed])
    for file in listed:
        with documents.open_blob(blobs[file["sha256"]]) as stored:
            yield file["name"], stored.read()


def _authorities() -> Iterator[tuple[str, bytes]]:
    """The certificates and revocation lists that were trusted here: to read, never to trust."""
    for path in sorted(Path(settings.TRUST_DIR).iterdir()):
        if path.is_file() and path.suffix in (".pem", ".crl", ".der"):
            yield f"trusted-here/{path.name}", path.read_bytes()
