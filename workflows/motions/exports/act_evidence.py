"""Evidence container of an act: everything that a third party needs to verify it offline."""

import json
import logging

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ecase.audit import sequencer
from ecase.audit import services as audit
from ecase.cases import integrity
from ecase.cases.models import Blob
from ecase.problems import Problem, TryLater
from ecase.trust import evidence as kept
from ecase.trust import folder
from signatures import container as evidence
from signatures.container.limits import LARGER, USUAL
from workflows.motions.exports import act_json
from workflows.motions.models import Act

logger = logging.getLogger(__name__)

# How long a download waits until the log can prove the newest entry.
SETTLE_SECONDS = 3.0
SERVED_AS = "application/vnd.ecase.container+zip"


def container(act: Act) -> bytes:
    """The container of ``act`` with all earlier acts of its motion, its files, report, authorities and log proof.

    Raises ``TryLater`` while a long transaction, or a stopped log, keeps the newest entry from being proven,
    ``Altered`` if the storage no longer holds the signed bytes of a file.
    """
    signed = _signed(act)
    extras = {"report.json": json.dumps(act.report, ensure_ascii=False, indent=1).encode()}
    # The trust folder of this installation, for information only, not for verification; large lists are left out.
    for name, data in folder.files(folder.trust()):
        if len(data) <= USUAL.evidence_bytes:
            extras[f"trusted-here/{name}"] = data
    enclosed, apart = _files(act)
    whole = evidence.Evidence(act=signed[-1], previous=signed[:-1], files=enclosed, extras=extras, apart=apart)
    try:
        return evidence.write(whole, note=evidence.APART_TEXT if apart else "")
    except evidence.TooLarge:
        # Motions from before limits existed, or with very many acts: the container says to verify it offline.
        return evidence.write(whole, LARGER, evidence.LARGER_TEXT + (evidence.APART_TEXT if apart else ""))


def _signed(act: Act) -> list[evidence.SignedAct]:
    """The acts up to this one, each with its proofs: of the log, and of its signature if one was fetched."""
    message = _("The log cannot prove the newest entry yet. Download the container again in a minute.")
    behind = TryLater(Problem("log-behind", message))
    try:
        sequencer.settle(SETTLE_SECONDS)
    except TimeoutError as fault:
        raise behind from fault
    except sequencer.LogInconsistent as fault:
        # Entries signed before can still be proven.
        logger.critical("The audit log is not signed any more until somebody has looked into it: %s", fault)
    acts = list(act.motion.acts.filter(position__lte=act.position).select_related("entry").order_by("position"))
    known = kept.records(recorded.signature_sha256 for recorded in acts)
    signed = []
    for recorded in acts:
        try:
            proof = audit.proof(recorded.entry)
        except audit.NotYetInTree as fault:
            raise behind from fault
        evidenced = known.get(recorded.signature_sha256, b"")
        signed.append(evidence.SignedAct(bytes(recorded.act_json), bytes(recorded.cms), proof, evidenced))
    return signed


def file_name(act: Act) -> str:
    """The file name of a downloaded container."""
    return f"{act.motion.number or act.motion_id}-{act.position}-{act.type}.zip"


def _files(act: Act) -> tuple[dict[str, bytes], frozenset[str]]:
    """The act's files by name, and the names of those too large to be enclosed (ADR 66)."""
    listed = act_json.files(bytes(act.act_json))
    blobs = Blob.objects.in_bulk([file["sha256"] for file in listed])
    large = {digest for digest, blob in blobs.items() if blob.size > settings.UPLOAD_MAX_BYTES}
    enclosed: dict[str, bytes] = {}
    for file in listed:
        if file["sha256"] not in large:
            with integrity.open_intact(file["sha256"]) as stored:
                enclosed[file["name"]] = stored.read()
    return enclosed, frozenset(file["name"] for file in listed if file["sha256"] in large)
