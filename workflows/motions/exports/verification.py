"""Checks by digest alone whether a file is known to the service, for holders of a paper with our QR code.

Nothing about the case is revealed, even for a genuine file; the person who asks already has the file.
"""

import re
import uuid
from enum import StrEnum

from workflows.motions.exports import act_json
from workflows.motions.models import Act

SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class Verdict(StrEnum):
    """``altered``: the act that the paper names exists, and the file is none of its files."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


def verdict(sha256: str, act_id: uuid.UUID | None) -> Verdict:
    """The verdict on a file with that digest (lower-case hex); ``act_id`` is the act that its QR code names.

    The files of an act are itself, its document, its signature, and its attachments.
    """
    act = Act.objects.filter(pk=act_id).first() if act_id else None
    if act is not None:
        attached = [file["sha256"] for file in act_json.files(bytes(act.act_json))]
        is_of_act = sha256 in (act.sha256, act.cms_sha256, *attached)
        return Verdict.GENUINE if is_of_act else Verdict.ALTERED
    signed = Act.objects.filter(pdf=sha256).exists() or Act.objects.filter(sha256=sha256).exists()
    return Verdict.GENUINE if signed else Verdict.UNKNOWN
